// Fails a test that leaves a socket, server, process, thread or timer behind.
//
//   it("relays", withoutLeaks(async () => { … }));           what the test itself starts
//   describeWithoutLeaks("drain", () => { … });              also what its before and after hooks do
//
// Both count for the whole process: not for tests that run concurrently within one file.

import { createHook } from "node:async_hooks";
import { readdirSync, readlinkSync } from "node:fs";
import { stat } from "node:fs/promises";
import { after, before, describe, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";

type TestBody = (context: TestContext) => void | Promise<void>;

// What was closed before the watch begins needs a turn or two to be gone; counted, it would hide a leak of its kind.
const TURNS_BEFORE = 3;
// A close takes some turns, the exit of a thread or a process some time besides.
const LEAST_TURNS = 1_000;
const PATIENCE_MS = 3_000;

// What Node has on its way at any time; and timers, of which this list has only those that keep the process alive.
const COUNTED_ELSEWHERE = new Set(["Immediate", "TickObject", "Timeout"]);

/** Open descriptors of this process. Linux only. */
export function openDescriptors(): number {
  // Listing the folder opens one more.
  return readdirSync("/proc/self/fd").length - 1;
}

/** The test, which fails if anything that it started outlives it. */
export function withoutLeaks(
  body: TestBody,
  patienceMs: number = PATIENCE_MS,
): (context: TestContext) => Promise<void> {
  return async (context) => {
    const watch = await watchResources();
    try {
      await body(context);
      await watch.settle(patienceMs);
    } finally {
      watch.stop();
    }
  };
}

/** A suite, which fails if anything that its tests or hooks started outlives it. */
export function describeWithoutLeaks(name: string, body: () => void): void {
  describe(name, () => {
    let watch: ResourceWatch | undefined;
    before(async () => {
      watch = await watchResources();
    });
    body();
    // Registered last, so that it runs after the hooks of the body.
    after(async () => {
      try {
        await watch?.settle(PATIENCE_MS);
      } finally {
        watch?.stop();
      }
    });
  });
}

interface ResourceWatch {
  /** Waits until nothing is left of what came since the start, and throws when the time is up. */
  settle(patienceMs: number): Promise<void>;
  stop(): void;
}

async function watchResources(): Promise<ResourceWatch> {
  // Starts libuv's own threads, which otherwise come with the first file or name that a test looks up, and stay.
  await stat("/");
  for (let turn = 0; turn < TURNS_BEFORE; turn++) await nextTurn();
  const earlier = countResources();
  const timers = watchTimers();

  function leaked(): string[] {
    const more = [...countResources()]
      .map(([kind, count]) => ({ kind, count: count - (earlier.get(kind) ?? 0) }))
      .filter(({ count }) => count > 0)
      .map(({ kind, count }) => `${count} × ${kind}`);
    return [...more, ...timers.pending()];
  }

  return {
    async settle(patienceMs) {
      const deadlineMs = systemClock.nowMs() + patienceMs;
      for (let turn = 0; leaked().length > 0; turn++) {
        if (turn > LEAST_TURNS && systemClock.nowMs() > deadlineMs) {
          throw new Error(`left behind:\n${leaked().join("\n")}`);
        }
        await nextTurn();
      }
    },
    stop: () => timers.stop(),
  };
}

/** How many there are of each kind that keeps the process alive, and of what that list of Node's leaves out. */
function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!COUNTED_ELSEWHERE.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  counts.set("socket descriptor", listProcess("fd").filter(isSocket).length);
  counts.set("thread", listProcess("task").length);
  return counts;
}

/** What Linux tells about this process; nothing elsewhere. */
function listProcess(folder: "fd" | "task"): string[] {
  try {
    return readdirSync(`/proc/self/${folder}`);
  } catch {
    return [];
  }
}

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith("socket:");
  } catch {
    // The descriptor of the listing itself.
    return false;
  }
}

interface TimerWatch {
  /** A line for each timer that was set since and has neither run nor been cancelled. */
  pending(): string[];
  stop(): void;
}

/** Sees timers that keep nothing alive, too: all of ours are of that kind, and no list of Node's has them. */
function watchTimers(): TimerWatch {
  const places = new Map<number, string>();
  const hook = createHook({
    init(asyncId, type) {
      const place = type === "Timeout" ? placeOfTimer(new Error("for its stack").stack ?? "") : undefined;
      if (place !== undefined) places.set(asyncId, place);
    },
    destroy: (asyncId) => void places.delete(asyncId),
  }).enable();
  return { pending: () => [...places.values()], stop: () => void hook.disable() };
}

/** Who set a timer; undefined when it was Node itself (its HTTP server has some that come and go). */
function placeOfTimer(stack: string): string | undefined {
  // The message and the hook itself come first, then the frames of Node's timers.
  const frames = stack.split("\n").slice(2);
  const setter = frames.findIndex((frame) => !/node:(internal\/)?(timers|async_hooks)/.test(frame));
  if (setter < 0 || frames[setter]?.includes("node:") === true) return undefined;
  const caller = frames.slice(setter).find((frame) => !frame.includes("/src/clock."));
  return `timer set ${(caller ?? frames[setter] ?? "").trim()}`;
}
