import type { Clock, Timer } from "../clock.ts";
import type { Backlog } from "./backlog.ts";
import type { Obstacle, Outlet } from "./outlet.ts";

// While a pipe or a terminal is full it is tried again after 1 ms, then 2, … and at most after this: a slow reader
// still gets 64 MB/s, one that has stopped costs 10 system calls a second.
const LONGEST_FULL_WAIT_MS = 100;

// After anything else (a full disk, a reader that went away), which does not pass within milliseconds.
const FAILED_WAIT_MS = 1000;

/** Gets a backlog out through an outlet, however often that takes. */
export interface Writer {
  /** Writes what there is, unless it is writing already or waiting to try again. */
  run(): void;
  /** As `run`, without waiting for the next try. */
  hurry(): void;
  /** Goes on with another outlet, between two lines; a line that the old one would not finish is lost. */
  replace(outlet: Outlet): void;
  /** Writes no more. What is left stays in the backlog. */
  close(): void;
  /** As `close`, for the exit of the process: what the outlet takes at once is written first. */
  closeNow(): void;
}

export interface WriterOptions {
  readonly backlog: Backlog;
  readonly outlet: Outlet;
  readonly clock: Clock;
  /** Bytes are out. */
  readonly onWritten: () => void;
  /** So many lines will never be out. */
  readonly onLost: (lineCount: number) => void;
}

export function createWriter({ backlog, outlet: first, clock, onWritten, onLost }: WriterOptions): Writer {
  let outlet = first;
  let replacement: Outlet | undefined;
  let state: "idle" | "writing" | "waiting" | "closed" = "idle";
  let writingBytes = 0;
  let hasFailed = false;
  let isRunning = false;
  let fullWaitMs = 1;
  let retry: Timer | undefined;

  function run(): void {
    // An outlet may call back before it returns: then the loop below goes on, instead of a deeper one.
    if (isRunning) return;
    isRunning = true;
    while (state === "idle") {
      if (replacement !== undefined && (hasFailed || !backlog.midLine)) change(replacement);
      const bytes = backlog.head();
      if (bytes === undefined) break;
      state = "writing";
      writingBytes = bytes.length;
      outlet.write(bytes, settle);
    }
    isRunning = false;
  }

  function settle(writtenBytes: number, obstacle?: Obstacle): void {
    if (state === "closed") return;
    backlog.advance(writtenBytes);
    hasFailed = obstacle !== undefined || writtenBytes === 0;
    if (!hasFailed) {
      state = "idle";
      fullWaitMs = 1;
      onWritten();
    } else {
      wait(obstacle === "full" ? nextFullWaitMs() : FAILED_WAIT_MS);
      if (obstacle === "gone") onLost(backlog.forget());
    }
    run();
  }

  function wait(delayMs: number): void {
    state = "waiting";
    retry = clock.setTimer(hurry, delayMs);
  }

  function nextFullWaitMs(): number {
    const waitMs = fullWaitMs;
    fullWaitMs = Math.min(2 * fullWaitMs, LONGEST_FULL_WAIT_MS);
    return waitMs;
  }

  function hurry(): void {
    retry?.cancel();
    if (state === "waiting") state = "idle";
    run();
  }

  function change(next: Outlet): void {
    onLost(backlog.skipTornLine());
    outlet.close();
    outlet = next;
    replacement = undefined;
    hasFailed = false;
  }

  function close(): void {
    state = "closed";
    retry?.cancel();
    outlet.close();
    replacement?.close();
  }

  return {
    run,
    hurry,
    replace(next) {
      replacement?.close();
      replacement = next;
      hurry();
    },
    close,
    closeNow() {
      // What a thread is about to write is written before the process ends: only the order may suffer.
      if (state === "writing") backlog.advance(writingBytes);
      let bytes = state === "closed" ? undefined : backlog.head();
      while (bytes !== undefined) {
        const writtenBytes = outlet.writeNow(bytes);
        backlog.advance(writtenBytes);
        bytes = writtenBytes === 0 ? undefined : backlog.head();
      }
      close();
    },
  };
}
