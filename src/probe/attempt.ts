import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { ProbeResult } from "./result.ts";
import type { Stalls } from "./stalls.ts";

/** One probe: how to ask, and for how long. */
export interface Question {
  readonly timeoutMs: number;
  /** To reject means "failed", with the reason. To be given up when the signal says so; an answer after that is lost. */
  readonly ask: (signal: AbortSignal) => Promise<ProbeResult>;
  /** Called once, unless it was cancelled. `stalled`: the failure was measured across a standstill of this process. */
  readonly onAnswer: (result: ProbeResult, stalled: boolean) => void;
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
  const timeout = clock.setTimer(() => {
    settle({ kind: "failed", reason: "timeout" });
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
      return await ask(controller.signal);
    } catch (error) {
      return { kind: "failed", reason: messageOf(error) };
    }
  }

  function settle(result: ProbeResult): void {
    if (isOver) return;
    const stalled = result.kind === "failed" && stalls.since(startedAtMs);
    end();
    onAnswer(result, stalled);
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    timeout.cancel();
    stalls.unwatch();
  }
}
