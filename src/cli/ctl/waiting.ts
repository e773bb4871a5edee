// --wait: until a backend has no session left.

import { parseDuration } from "../../config/duration.ts";
import { configError } from "../../errors.ts";
import type { ExitCode } from "../failure.ts";
import { line } from "../failure.ts";
import type { Failure } from "../remote/remote.ts";
import { countText, durationText, plural } from "../text/figures.ts";
import { type Errand, fail, printJson, say, wantsJson } from "./errand.ts";
import type { Identity } from "./identity.ts";

/** How many sessions a backend still has. */
export type Left =
  | {
      readonly kind: "left";
      readonly count: number;
      /** There are more than that. */
      readonly isMore: boolean;
      /** What --json prints. */
      readonly body: unknown;
    }
  | Failure;

export interface Waited {
  readonly identity: Identity;
  /** What is so whether or not somebody waits. */
  readonly goesOn: string;
  left(): Promise<Left>;
}

const ASK_AGAIN_MS = 250;

/** @returns how long at most, Infinity without a bound; undefined where --wait is not given. @throws LbError `LB_CONFIG` */
export function wantsWait({ flags }: Pick<Errand, "flags">): number | undefined {
  const text = flags["wait"];
  if (text === undefined) return undefined;
  if (text === "") return Number.POSITIVE_INFINITY;
  const parsed = parseDuration(text);
  if ("value" in parsed) return parsed.value;
  throw configError([{ path: "--wait", message: parsed.problem }]);
}

/**
 * Waits, and shows on a terminal how many are left. A signal ends the waiting and nothing else.
 * @returns 0 when none is left, 1 when some are after `waitMs` or a signal.
 */
export async function waitUntilEmpty(errand: Errand, waited: Waited, waitMs: number): Promise<ExitCode> {
  const { surface } = errand;
  const { clock, events } = surface;
  const { identity, goesOn } = waited;
  const startMs = clock.nowMs();
  const interrupted = new AbortController();
  let wake = (): void => {};
  const interrupt = (): void => {
    interrupted.abort();
    wake();
  };
  const signals = ["SIGINT", "SIGTERM"];
  for (const signal of signals) events.on(signal, interrupt);
  const progress = createProgress(errand);
  try {
    for (;;) {
      const left = await waited.left();
      if (left.kind !== "left") {
        progress.clear();
        return fail(errand, left);
      }
      const elapsedMs = clock.nowMs() - startMs;
      const sessions = left.isMore ? `more than ${countText(left.count)} sessions` : plural(left.count, "session");
      if (left.count === 0) {
        progress.clear();
        if (wantsJson(errand)) return printJson(errand, left.body);
        return say(errand, `${goesOn}; no session is left after ${durationText(elapsedMs)}`);
      }
      const isInterrupted = interrupted.signal.aborted;
      if (isInterrupted || elapsedMs >= waitMs) {
        progress.clear();
        if (wantsJson(errand)) printJson(errand, left.body);
        const why = isInterrupted ? "stopped waiting" : `waited for ${durationText(waitMs)}`;
        surface.complain(line(`${identity.text}: ${why}, and ${sessions} left; ${goesOn}`));
        return 1;
      }
      progress.show(`waiting for ${sessions} of ${identity.text} to end (${durationText(elapsedMs)})`);
      await new Promise<void>((resolve) => {
        const timer = clock.setTimer(resolve, Math.min(ASK_AGAIN_MS, waitMs - elapsedMs));
        wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
  } finally {
    for (const signal of signals) events.removeListener(signal, interrupt);
  }
}

/** One line on a terminal, again and again. */
function createProgress({ surface }: Errand): { show(text: string): void; clear(): void } {
  let isShown = false;
  const isTerminal = surface.terminals.stderr;
  return {
    show(text) {
      if (!isTerminal) return;
      surface.complain(`\r\u001b[K${text.slice(0, Math.max(1, (surface.columns ?? 80) - 1))}`);
      isShown = true;
    },
    clear() {
      if (isShown) surface.complain("\r\u001b[K");
      isShown = false;
    },
  };
}
