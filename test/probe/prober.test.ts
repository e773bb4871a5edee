import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import type { Random } from "../../src/clock.ts";
import { createProber, type Prober, type ProbeWatch } from "../../src/probe/prober.ts";
import type { ProbeResult } from "../../src/probe/result.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { seededRandom } from "../support/random.ts";

const INTERVAL_MS = 5_000;
const TIMEOUT_MS = 2_000;
// The fake clock runs a timer of 0 ms after one.
const AT_ONCE_MS = 1;
const OK: ProbeResult = { kind: "ok" };

/** A backend that is probed, as the test says. */
interface Subject {
  readonly watch: ProbeWatch;
  /** When each probe began, and how many were under way then, itself included. */
  readonly startedAtMs: readonly number[];
  readonly underWay: number;
  readonly results: readonly ProbeResult[];
  /** The signal of the last probe. */
  readonly signal: AbortSignal | undefined;
  /** Answers the probe that began first of those under way. */
  readonly answer: (result?: ProbeResult) => Promise<void>;
}

interface SubjectOptions {
  /** Answers each probe at once. */
  readonly always?: ProbeResult;
  /** Before jitter. */
  readonly intervalMs?: number;
  readonly onResult?: () => void;
}

function watch(prober: Prober, clock: FakeClock, options: SubjectOptions = {}): Subject {
  const { always, intervalMs = INTERVAL_MS, onResult } = options;
  const startedAtMs: number[] = [];
  const results: ProbeResult[] = [];
  const open: ((result: ProbeResult) => void)[] = [];
  let signal: AbortSignal | undefined;
  const watching = prober.watch({
    timeoutMs: TIMEOUT_MS,
    onStart: () => startedAtMs.push(clock.nowMs()),
    jitter: 0.1,
    async ask(asking) {
      signal = asking.signal;
      if (always !== undefined) return always;
      return new Promise((resolve) => open.push(resolve));
    },
    onResult(result) {
      results.push(result);
      onResult?.();
      return intervalMs;
    },
  });
  return {
    watch: watching,
    startedAtMs,
    results,
    get underWay() {
      return open.length;
    },
    get signal() {
      return signal;
    },
    async answer(result = OK) {
      open.shift()?.(result);
      await nextTurn();
    },
  };
}

/** In the middle: no jitter. */
const noJitter: Random = () => 0.5;

function createWorld(random: Random = noJitter, concurrency = 100): { clock: FakeClock; prober: Prober } {
  const clock = createFakeClock();
  return { clock, prober: createProber(clock, random, concurrency) };
}

/** Lets time pass with turns for promises in between. */
async function pass(clock: FakeClock, ms: number, stepMs = 100): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    clock.advance(Math.min(stepMs, ms - passedMs));
    await nextTurn();
  }
}

describe("createProber", () => {
  it("probes at once, and again an interval after each answer", async () => {
    const { clock, prober } = createWorld();
    const subject = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    assert.deepEqual(subject.startedAtMs, [1]);
    clock.advance(300);
    await subject.answer();
    assert.deepEqual(subject.results, [OK]);
    clock.advance(INTERVAL_MS - 1);
    assert.equal(subject.startedAtMs.length, 1);
    clock.advance(1);
    assert.deepEqual(subject.startedAtMs, [1, 5_301]);
  });

  it("varies each interval by up to 10 %, in both directions", async () => {
    const { clock, prober } = createWorld(seededRandom(7));
    const subject = watch(prober, clock, { always: OK, intervalMs: 1_000 });
    await pass(clock, 100_000, 1);
    const gaps = subject.startedAtMs.slice(1).map((atMs, index) => atMs - (subject.startedAtMs[index] ?? 0));
    assert.ok(gaps.length > 90);
    assert.ok(Math.min(...gaps) >= 900 && Math.min(...gaps) < 920, `${Math.min(...gaps)}`);
    // A millisecond more: the next timer is set in the turn after.
    assert.ok(Math.max(...gaps) <= 1_101 && Math.max(...gaps) > 1_080, `${Math.max(...gaps)}`);
  });

  it("has at most so many probes under way, and lets nobody wait for ever", async () => {
    const { clock, prober } = createWorld(noJitter, 3);
    const subjects = Array.from({ length: 10 }, () => watch(prober, clock));
    clock.advance(AT_ONCE_MS);
    const served = new Set<Subject>();
    while (served.size < subjects.length) {
      const busy = subjects.filter(({ underWay }) => underWay > 0);
      assert.equal(busy.length, Math.min(3, subjects.length - served.size));
      const [next] = busy;
      assert.ok(next !== undefined);
      await next.answer();
      served.add(next);
    }
    for (const { startedAtMs } of subjects) assert.equal(startedAtMs.length, 1);
  });

  it("never asks one subject twice at the same time", async () => {
    const steps = fc.array(
      fc.oneof(fc.constant("answer" as const), fc.constant("hasten" as const), fc.integer({ min: 1, max: 6_000 })),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const { clock, prober } = createWorld();
        const subject = watch(prober, clock);
        for (const step of history) {
          const begunBefore = subject.startedAtMs.length;
          if (step === "answer") await subject.answer();
          else if (step === "hasten") subject.watch.hasten(10);
          else await pass(clock, Math.min(step, TIMEOUT_MS - 1));
          // One that is overdue is over, whatever becomes of its promise.
          const overdue = subject.results.filter(({ kind }) => kind === "failed").length;
          assert.ok(subject.startedAtMs.length - subject.results.length <= 1);
          assert.ok(subject.underWay <= 1 + overdue && subject.startedAtMs.length >= begunBefore);
        }
        subject.watch.stop();
      }),
      { numRuns: 50 },
    );
  });

  it("gives up after the timeout, frees the place, and asks again an interval later", async () => {
    const { clock, prober } = createWorld(noJitter, 1);
    const hung = watch(prober, clock);
    const other = watch(prober, clock, { always: OK });
    await pass(clock, AT_ONCE_MS + TIMEOUT_MS - 1);
    assert.equal(other.startedAtMs.length, 0);
    await pass(clock, 1);
    assert.deepEqual(hung.results, [{ kind: "failed", reason: "no answer within 2s" }]);
    assert.equal(hung.signal?.aborted, true);
    assert.equal(other.startedAtMs.length, 1, "the hung probe never settles, and blocks nobody");
    await pass(clock, INTERVAL_MS);
    assert.equal(hung.startedAtMs.length, 2);
    await hung.answer();
    assert.equal(hung.results.length, 1, "an answer to the first question is none to the second");
  });

  it("discards what was measured across a stall and asks again at once, but not for ever", async () => {
    const { clock, prober } = createWorld();
    const subject = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    clock.jump(TIMEOUT_MS + 500);
    clock.advance(0);
    assert.deepEqual(subject.results, []);
    clock.advance(AT_ONCE_MS);
    assert.equal(subject.startedAtMs.length, 2);
    clock.jump(TIMEOUT_MS + 500);
    clock.advance(0);
    assert.deepEqual(subject.results, [{ kind: "failed", reason: "no answer within 2s" }]);
  });

  it("discards a good answer too that was measured across a stall", async () => {
    const { clock, prober } = createWorld();
    const subject = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    clock.jump(500);
    await subject.answer();
    assert.deepEqual(subject.results, []);
    clock.advance(AT_ONCE_MS);
    await subject.answer();
    assert.deepEqual([subject.results, subject.startedAtMs.length], [[OK], 2]);
  });

  it("says how long it took, and varies an interval by what the subject says", async () => {
    const clock = createFakeClock();
    const prober = createProber(clock, () => 1, 1);
    const seen: number[] = [];
    const watching = prober.watch({
      timeoutMs: TIMEOUT_MS,
      jitter: 0.5,
      onStart: () => seen.push(clock.nowMs()),
      ask: async () => OK,
      onResult: (_result, tookMs) => {
        seen.push(tookMs);
        return 1_000;
      },
    });
    await pass(clock, 1, 1);
    await pass(clock, 1_500);
    watching.stop();
    assert.deepEqual(seen, [1, 0, 1_501, 0]);
  });

  it("discards again after an answer in between", async () => {
    const { clock, prober } = createWorld();
    const subject = watch(prober, clock, { intervalMs: 1 });
    for (let round = 0; round < 3; round++) {
      clock.advance(AT_ONCE_MS);
      clock.jump(TIMEOUT_MS + 500);
      clock.advance(0);
      clock.advance(AT_ONCE_MS);
      // The one before it was given up and is answered into the void.
      await subject.answer();
      await subject.answer();
    }
    assert.deepEqual(subject.results, [OK, OK, OK]);
  });

  it("ends what a probe left behind before the next begins", async () => {
    const { clock, prober } = createWorld();
    const subject = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    await subject.answer();
    const { signal } = subject;
    assert.equal(signal?.aborted, false);
    clock.advance(INTERVAL_MS);
    assert.equal(signal.aborted, true);
    assert.equal(subject.signal?.aborted, false);
  });
});

describe("ProbeWatch.hasten", () => {
  it("brings the next probe forward, and never puts it off", async () => {
    const { clock, prober } = createWorld();
    const subject = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    await subject.answer();
    subject.watch.hasten(INTERVAL_MS + 1);
    subject.watch.hasten(1_000);
    subject.watch.hasten(2_000);
    clock.advance(999);
    assert.equal(subject.startedAtMs.length, 1);
    clock.advance(1);
    assert.equal(subject.startedAtMs.length, 2);
    assert.equal(subject.underWay, 1);
  });

  it("changes nothing while a probe is under way or waits for its place", async () => {
    const { clock, prober } = createWorld(noJitter, 1);
    const subject = watch(prober, clock);
    const waiting = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    subject.watch.hasten(1);
    waiting.watch.hasten(1);
    clock.advance(1_000);
    assert.deepEqual([subject.startedAtMs.length, waiting.startedAtMs.length], [1, 0]);
    await subject.answer();
    assert.equal(waiting.startedAtMs.length, 1);
    await waiting.answer();
    clock.advance(INTERVAL_MS - 1);
    assert.deepEqual([subject.startedAtMs.length, waiting.startedAtMs.length], [1, 1]);
  });
});

describe("ProbeWatch.stop", () => {
  it("ends a probe that waits for its time, its place or its answer, and nothing comes after it", async () => {
    const { clock, prober } = createWorld(noJitter, 1);
    const running = watch(prober, clock);
    const queued = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    const planned = watch(prober, clock);
    for (const { watch: watching } of [planned, queued, running]) {
      watching.stop();
      watching.stop();
      watching.hasten(1);
    }
    assert.equal(running.signal?.aborted, true);
    await running.answer();
    clock.advance(60_000);
    assert.deepEqual(
      [running, queued, planned].map(({ startedAtMs, results }) => [startedAtMs.length, results.length]),
      [
        [1, 0],
        [0, 0],
        [0, 0],
      ],
    );
    assert.equal(clock.pendingTimers, 0);
  });

  it("frees the place of a probe that never settles", async () => {
    const { clock, prober } = createWorld(noJitter, 1);
    const hung = watch(prober, clock);
    const other = watch(prober, clock, { always: OK });
    clock.advance(AT_ONCE_MS);
    hung.watch.stop();
    assert.equal(other.startedAtMs.length, 1);
  });

  it("may come while a result is taken", async () => {
    const { clock, prober } = createWorld(noJitter, 1);
    const subject: Subject = watch(prober, clock, { onResult: () => subject.watch.stop() });
    const other = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    await subject.answer();
    await other.answer();
    const third = watch(prober, clock);
    clock.advance(AT_ONCE_MS);
    assert.equal(third.underWay, 1, "places are counted once");
    await third.answer();
    clock.advance(INTERVAL_MS);
    assert.deepEqual([subject.startedAtMs.length, other.startedAtMs.length + third.startedAtMs.length], [1, 3]);
    other.watch.stop();
    third.watch.stop();
    assert.equal(clock.pendingTimers, 0);
  });
});
