import type { Writable } from "node:stream";
import type { Clock } from "../clock.ts";
import { systemCode } from "../errors.ts";

/** Text to a standard stream. Nothing that happens to the stream ends the program. */
export interface Output {
  /** Does not wait. Whoever reads too slowly loses text once 1 MiB waits. */
  readonly write: (text: string) => void;
  /** Resolves when everything is out, however long that takes: with false when nobody reads any more. */
  flushed(): Promise<boolean>;
  /** Resolves when everything is out or lost, after 1 s at the latest. */
  finish(): Promise<void>;
  /** The code of the first error, such as ENOSPC. A reader that has seen enough (EPIPE: `| head -1`) is none. */
  readonly failure: string | undefined;
}

const LIMIT_BYTES = 2 ** 20;
const LONGEST_FINISH_MS = 1_000;

/** @param open Called at the first write: Node makes the shared descriptor of a pipe non-blocking when it opens it. */
export function createOutput(open: () => Writable, clock: Clock): Output {
  let stream: Writable | undefined;
  let failure: string | undefined;
  let pending = 0;
  let onIdle = (): void => {};
  let isBroken = false;
  const waiting = new Set<() => void>();

  function opened(): Writable {
    const created = open();
    // Without a listener it would be an uncaught error; the callback of the write tells it as well.
    created.on("error", () => {});
    return created;
  }

  function settle(error: Error | null | undefined): void {
    pending--;
    const code = error ? (systemCode(error) ?? "unknown error") : undefined;
    if (code !== undefined) isBroken = true;
    if (code !== undefined && code !== "EPIPE" && code !== "ERR_STREAM_DESTROYED") failure ??= code;
    if (pending > 0) return;
    onIdle();
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  return {
    write(text) {
      stream ??= opened();
      if (stream.writableLength > LIMIT_BYTES) return;
      pending++;
      stream.write(text, settle);
    },
    async flushed() {
      if (pending > 0) await new Promise<void>((resolve) => waiting.add(resolve));
      return !isBroken;
    },
    async finish() {
      if (pending === 0) return;
      await new Promise<void>((resolve) => {
        const timer = clock.setTimer(resolve, LONGEST_FINISH_MS);
        onIdle = () => {
          timer.cancel();
          resolve();
        };
      });
    },
    get failure() {
      return failure;
    },
  };
}
