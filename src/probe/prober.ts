// When to probe whom: each subject on its own jittered clock, many at once but not too many, none waited for.

import type { Clock, Random, Timer } from "../clock.ts";
import { type Answer, type Attempt, attempt } from "./attempt.ts";
import type { Ask, ProbeResult } from "./result.ts";
import { Stalls } from "./stalls.ts";

/** Something to be probed for as long as it is watched. */
export interface ProbeSubject {
  readonly timeoutMs: number;
  /** By how much of it an interval may be shorter or longer, by chance. 0 to 1. */
  readonly jitter: number;
  readonly ask: Ask;
  /** Called at the start of each probe. */
  onStart(): void;
  /** Takes the result and says when to probe again, before jitter. Milliseconds. */
  onResult(result: ProbeResult, tookMs: number): number;
}

/** A subject that is probed. */
export interface ProbeWatch {
  /** Probe again within `delayMs`, if that is sooner than planned. */
  hasten(delayMs: number): void;
  /** Idempotent. No callback comes after it. */
  stop(): void;
}

/** Probes whatever it is told to watch. */
export interface Prober {
  /** Begins at once: the first result decides. */
  watch(subject: ProbeSubject): ProbeWatch;
}

/**
 * Makes a prober.
 * @param concurrency probes under way at once; the others wait their turn.
 */
export function createProber(clock: Clock, random: Random, concurrency: number): Prober {
  const stalls = new Stalls(clock);
  /** Those whose time has come, in that order: how to begin each. */
  const queue = new Set<() => void>();
  let running = 0;

  function runQueue(): void {
    for (const begin of queue) {
      if (running >= concurrency) return;
      queue.delete(begin);
      begin();
    }
  }

  function watch(subject: ProbeSubject): ProbeWatch {
    let state: "planned" | "running" | "stopped" = "planned";
    let timer: Timer | undefined;
    let dueMs = 0;
    let current: Attempt | undefined;
    /** The last result was discarded. Once in a row: where stalls never end, a doubtful result is better than none. */
    let isSecondTry = false;
    plan(0);
    return { hasten, stop };

    function plan(delayMs: number): void {
      state = "planned";
      dueMs = clock.nowMs() + delayMs;
      timer?.cancel();
      timer = clock.setTimer(() => {
        queue.add(begin);
        runQueue();
      }, delayMs);
    }

    function begin(): void {
      state = "running";
      running++;
      current?.cancel();
      subject.onStart();
      current = attempt(clock, stalls, {
        timeoutMs: subject.timeoutMs,
        ask: (asking) => subject.ask(asking),
        onAnswer,
      });
    }

    function onAnswer({ result, tookMs, stalled }: Answer): void {
      leave();
      isSecondTry = stalled && !isSecondTry;
      const delayMs = isSecondTry ? 0 : subject.onResult(result, tookMs) * (1 + subject.jitter * (2 * random() - 1));
      // Taking the result may have stopped it.
      if (state !== "stopped") plan(delayMs);
    }

    /** Makes room for the next one. */
    function leave(): void {
      if (state !== "running") return;
      state = "planned";
      running--;
      runQueue();
    }

    function hasten(delayMs: number): void {
      if (state === "planned" && dueMs > clock.nowMs() + delayMs) plan(delayMs);
    }

    function stop(): void {
      timer?.cancel();
      queue.delete(begin);
      current?.cancel();
      leave();
      state = "stopped";
    }
  }

  return { watch };
}
