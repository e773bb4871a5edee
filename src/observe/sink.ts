// The one writer of the log. It never waits for the descriptor and keeps at most `limitBytes`: whoever reads the log
// slowly loses lines, not connections.
//
// Not SonicBoom (pino.destination, 4.2.1): over a full pipe or a full disk its flush at exit sleeps and retries for
// ever, and after one EPIPE it stays silent for good. Both tried on Node 20, over non-blocking descriptors.

import type { Clock, Timer } from "../clock.ts";
import { Backlog, lineCount } from "./backlog.ts";
import { isoTime } from "./iso-time.ts";
import { isStandard, openOutlet } from "./outlet.ts";
import { createWriter } from "./writer.ts";

/** Lines wait until there are so many bytes of them … */
const BATCH_BYTES = 32 * 1024;
/** … or so long, which is no delay to a person. */
const BATCH_MS = 100;
/** About 2,000 access lines: a reader may pause for a moment without a loss. */
const DEFAULT_LIMIT_BYTES = 2 ** 20;
const LONGEST_FLUSH_MS = 1000;

export interface Sink {
  /** Whole lines, each with its newline. Bytes must not change afterwards. */
  write(lines: string | Buffer): void;
  /** Opens a file anew, under the same path (log rotation). Throws LB_LOG_OUTPUT and goes on with the old one. */
  reopen(): void;
  /** Resolves when what was written before is out or lost, after 1 s at the latest. */
  flush(): Promise<void>;
  /** Flushes, and gives the descriptor back; further lines are dropped. Idempotent. */
  close(): Promise<void>;
  /** As `close`, without waiting: for `process.on("exit")`. */
  closeNow(): void;
  /** Counts lines that were lost before they came here: in a ring that was full. */
  addDropped(count: number): void;
  /** Lines lost since the start. */
  readonly droppedCount: number;
}

export interface SinkOptions {
  /** `stdout`, `stderr`, or a file's path. */
  readonly output: string;
  readonly clock: Clock;
  /** What is written for a line; both with their newline. By default the line itself. */
  readonly format?: ((line: string) => string) | undefined;
  /** Most bytes that wait to be written. Default 1 MiB. */
  readonly limitBytes?: number | undefined;
}

/** Throws LB_LOG_OUTPUT where the output can't be opened. */
export function createSink({ output, clock, format, limitBytes = DEFAULT_LIMIT_BYTES }: SinkOptions): Sink {
  const backlog = new Backlog(limitBytes);
  const writer = createWriter({ backlog, outlet: openOutlet(output), clock, onWritten, onLost });
  const flushes = new Set<() => void>();
  let batchTimer: Timer | undefined;
  let closing: Promise<void> | undefined;
  let droppedCount = 0;
  let unreportedCount = 0;
  /** What had been let in after the last line that reported lost ones. */
  let reportedBytes = 0;

  function write(lines: string | Buffer): void {
    if (closing !== undefined) {
      addDropped(lineCount(lines));
      return;
    }
    addDropped(backlog.add(format === undefined ? lines : formatted(lines, format)));
    if (backlog.bytes >= BATCH_BYTES) writer.run();
    else batchTimer ??= clock.setTimer(endBatch, BATCH_MS);
  }

  function endBatch(): void {
    batchTimer = undefined;
    writer.run();
  }

  function onWritten(): void {
    // Not before half is out, so that a reader that is too slow all the time hears of it now and then, not all the time.
    if (unreportedCount > 0 && backlog.bytes <= limitBytes / 2) reportDropped();
    for (const check of flushes) check();
  }

  function onLost(count: number): void {
    addDropped(count);
    for (const check of flushes) check();
  }

  function reportDropped(): void {
    const line = `${JSON.stringify({
      level: "warn",
      time: isoTime(clock.wallMs()),
      event: "log-dropped",
      count: unreportedCount,
      message: "log lines were lost: the output did not take them in time",
    })}\n`;
    if (backlog.add(format === undefined ? line : format(line)) > 0) return;
    unreportedCount = 0;
    reportedBytes = backlog.acceptedBytes;
  }

  function addDropped(count: number): void {
    droppedCount += count;
    unreportedCount += count;
  }

  async function flush(): Promise<void> {
    const target = backlog.acceptedBytes;
    // A report that came in between is waited for too: at a close it would be lost.
    const isSettled = () => backlog.acceptedBytes - backlog.bytes >= Math.max(target, reportedBytes);
    writer.hurry();
    if (isSettled()) return;
    const release = holdProcess();
    await new Promise<void>((resolve) => {
      const deadline = clock.setTimer(finish, LONGEST_FLUSH_MS);
      const check = () => {
        if (isSettled()) finish();
      };
      function finish(): void {
        deadline.cancel();
        flushes.delete(check);
        resolve();
      }
      flushes.add(check);
    });
    release();
  }

  function end(): void {
    batchTimer?.cancel();
    addDropped(backlog.skipTornLine() + backlog.forget());
  }

  return {
    write,
    reopen() {
      if (closing === undefined && !isStandard(output)) writer.replace(openOutlet(output));
    },
    flush,
    close() {
      closing ??= flush().then(() => {
        writer.close();
        end();
      });
      return closing;
    },
    closeNow() {
      writer.closeNow();
      end();
      closing ??= Promise.resolve();
    },
    addDropped,
    get droppedCount() {
      return droppedCount;
    },
  };
}

function formatted(lines: string | Buffer, format: (line: string) => string): string {
  const text = typeof lines === "string" ? lines : lines.toString();
  return text.replace(/[^\n]*\n/g, (line) => format(line));
}

/** Keeps the process until it is called back: a Clock's timers do not, and the last lines would be lost. */
function holdProcess(): () => void {
  const { port1 } = new MessageChannel();
  port1.ref();
  return () => port1.close();
}
