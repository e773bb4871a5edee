import type { Clock } from "../clock.ts";
import { formatDuration } from "../config/duration.ts";
import { messageOf } from "../errors.ts";
import { type Ask, failed, type ProbeResult } from "./result.ts";
import type { Stalls } from "./stalls.ts";

/** One probe: how to ask, and for how long. */
export interface Question {
  readonly timeoutMs: number;
  readonly ask: Ask;
  /** Called once, unless it was cancelled. */
  readonly onAnswer: (answer: Answer) => void;
}

export interface Answer {
  readonly result: ProbeResult;
  readonly tookMs: number;
  /** It was measured across a standstill of this process. */
  readonly stalled: boolean;
}

/** A question that was asked. */
export interface Attempt {
  /** Gives up; also what a probe that has answered may have left behind. Idempotent. No callback comes after it. */
  cancel(): void;
}

/** Asks once. It is over after `timeoutMs` whether or not the signal is obeyed. */
export function attempt(clock: Clock, stalls: Stalls, { timeoutMs, ask, onAnswer }: Question): Attempt {
  const startedAtMs = clock.nowMs();
  const controller = new AbortController();
  let awaited = "answer";
  const timeout = clock.setTimer(() => {
    settle(failed(`no ${awaited} within ${formatDuration(timeoutMs)}`));
    controller.abort(new Error("timeout"));
  }, timeoutMs);
  let isOver = false;
  stalls.watch();
  void run();

  return {
    cancel() {
      end();
      controller.abort();
    },
  };

  async function run(): Promise<void> {
    settle(await answer());
  }

  async function answer(): Promise<ProbeResult> {
    try {
      return await ask({ signal: controller.signal, waitFor });
    } catch (error) {
      return failed(messageOf(error));
    }
  }

  function waitFor(what: string): void {
    awaited = what;
  }

  function settle(result: ProbeResult): void {
    if (isOver) return;
    const stalled = stalls.since(startedAtMs);
    end();
    onAnswer({ result, tookMs: clock.nowMs() - startedAtMs, stalled });
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    timeout.cancel();
    stalls.unwatch();
  }
}
