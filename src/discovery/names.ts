// Names into addresses, again and again. The last good answer stands until there is a better one.

import type { Clock, Timer } from "../clock.ts";
import type { Lookup } from "../config/options.ts";
import { type Answer, ask } from "./lookup.ts";

/** A lookup that takes longer has failed. getaddrinfo(3) can't be cancelled: it goes on, and keeps its place. */
export const LOOKUP_TIMEOUT_MS = 5_000;
/**
 * Lookups under way at once, the overdue ones included. Each blocks one of libuv's four threads, which files need too.
 */
const CONCURRENCY = 2;
/** Between two lookups that failed dials ask for. */
const REFRESH_MS = 1_000;

/** Who is told. */
export interface NameHandler {
  /** Each good answer: at least one address, sorted and without doubles. Often the same as the last time. */
  onAddresses(addresses: readonly string[]): void;
  /** No answer. What was known stands. */
  onFailure(reason: string): void;
}

/** A name that is looked up. */
export interface NameWatch {
  /** Resolves after the first answer or failure. */
  readonly first: Promise<void>;
  /** Look again now, or a second after the last time: whatever asks for it may have come after that. */
  refresh(): void;
  /** Idempotent. No callback comes after it. */
  stop(): void;
}

/** Looks up whatever it is told to watch. */
export interface Names {
  watch(name: string, intervalMs: number, handler: NameHandler): NameWatch;
}

/** @param lookup must settle in the end: until then it keeps one of the places. */
export function createNames(clock: Clock, lookup: Lookup): Names {
  const queue: (() => Promise<void>)[] = [];
  let running = 0;

  /** Runs `task` when there is a place. The place is free again when `task` has really ended. */
  function enqueue(task: () => Promise<void>): void {
    queue.push(task);
    runQueue();
  }

  function runQueue(): void {
    while (running < CONCURRENCY) {
      const task = queue.shift();
      if (task === undefined) return;
      running++;
      void task().finally(() => {
        running--;
        runQueue();
      });
    }
  }

  function watch(name: string, intervalMs: number, handler: NameHandler): NameWatch {
    let state: "idle" | "looking" | "stopped" = "idle";
    /** A lookup of this name waits or is under way, perhaps an overdue one: there is never a second. */
    let hasTask = false;
    let settledAtMs = Number.NEGATIVE_INFINITY;
    let dueMs = 0;
    let next: Timer | undefined;
    let overdue: Timer | undefined;
    let firstDone = (): void => {};
    const first = new Promise<void>((resolve) => {
      firstDone = resolve;
    });
    look();
    return { first, refresh, stop };

    function look(): void {
      state = "looking";
      next?.cancel();
      overdue = clock.setTimer(() => settle({ kind: "failure", reason: "no answer in time" }), LOOKUP_TIMEOUT_MS);
      if (hasTask) return;
      hasTask = true;
      enqueue(async () => {
        const answer = state === "stopped" ? undefined : await ask(lookup, name);
        hasTask = false;
        if (answer !== undefined) settle(answer);
      });
    }

    function settle(answer: Answer): void {
      if (state === "stopped") return;
      // An overdue lookup has ended. Its failure is known; addresses are worth having, however late: with a dead first
      // name server every answer comes after 5 s (resolv.conf(5), timeout).
      const isLate = state === "idle";
      if (isLate && answer.kind === "failure") return;
      if (!isLate) {
        state = "idle";
        overdue?.cancel();
        settledAtMs = clock.nowMs();
        plan(intervalMs);
      }
      if (answer.kind === "addresses") handler.onAddresses(answer.addresses);
      else handler.onFailure(answer.reason);
      firstDone();
    }

    function plan(delayMs: number): void {
      next?.cancel();
      dueMs = clock.nowMs() + delayMs;
      next = clock.setTimer(look, delayMs);
    }

    function refresh(): void {
      if (state !== "idle") return;
      const delayMs = settledAtMs + REFRESH_MS - clock.nowMs();
      if (delayMs <= 0) look();
      else if (clock.nowMs() + delayMs < dueMs) plan(delayMs);
    }

    function stop(): void {
      state = "stopped";
      next?.cancel();
      overdue?.cancel();
      firstDone();
    }
  }

  return { watch };
}
