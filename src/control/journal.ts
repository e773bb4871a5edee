// Everything that is written: events through pino, access lines through the ring, one writer for both.

import { isatty } from "node:tty";
import type { Clock } from "../clock.ts";
import type { LogConfig } from "../config/config.ts";
import type { LogLevel } from "../config/options.ts";
import { accessLine, isAccessLogged, isProgressLogged } from "../observe/access.ts";
import { ignoredBy } from "../observe/access-ignored.ts";
import { createLog, type Log, silentLog } from "../observe/log.ts";
import { prettyLine } from "../observe/pretty.ts";
import { createRingMemory, LogRing } from "../observe/ring.ts";
import { createSink } from "../observe/sink.ts";
import type { EndReason } from "../session/end.ts";
import type { ProgressRecord, SessionRecord } from "../session/record.ts";
import { RingDrain } from "./ring-drain.ts";

/** Where everything is written that a balancer says. */
export interface Journal {
  readonly log: Log;
  /** The least level that is logged; always `silent`, where there is no log. */
  level: LogLevel;
  wantsAccess(end: EndReason): boolean;
  /** How often a session that goes on is to be told of; Infinity for never. */
  readonly progressIntervalMs: number;
  wantsProgress(): boolean;
  access(record: SessionRecord | ProgressRecord): void;
  /** The ring of a worker. @returns what to call when the worker says that there are lines. */
  follow(ring: LogRing): () => void;
  /** Opens the log's file anew, after somebody has moved it away. */
  reopen(): void;
  /** Lines lost because whoever reads the log was too slow or gone. */
  readonly droppedCount: number;
  /** Writes what is left, for at most a second. */
  close(): Promise<void>;
}

/** Less than the ring holds, even where each character takes two bytes. */
const DRAIN_CHARACTERS = 256 * 1024;
/** About 6,000 access lines: what a backend with as many sessions leaves when it dies. */
const SINK_BYTES: number = 4 * 2 ** 20;

/** @throws LbError `LB_LOG_OUTPUT` */
export function createJournal(config: LogConfig | undefined, clock: Clock): Journal {
  if (config === undefined) return silentJournal;
  const sink = createSink({ output: config.output, format: formatOf(config), clock, limitBytes: SINK_BYTES });
  const ring = new LogRing(createRingMemory());
  const own = new RingDrain(ring, sink, clock);
  const followed: RingDrain[] = [];
  const isIgnored = ignoredBy(config);
  const log = createLog({ config, clock, write: writeEvent });
  /** Characters since everything was last taken by `drain`, which may be in the ring still. */
  let waiting = 0;
  let isClosed = false;

  function writeEvent(line: string): void {
    // What has ended before stands before.
    drain();
    sink.write(line);
  }

  function drain(): void {
    waiting = 0;
    own.drain();
    for (const each of followed) each.drain();
  }

  return {
    log,
    get level() {
      return log.level;
    },
    set level(level) {
      log.level = level;
    },
    wantsAccess: (end) => isAccessLogged(end, config.access, log.level),
    progressIntervalMs: config.accessIntervalMs,
    wantsProgress: () => isProgressLogged(config.access, log.level),
    access(record) {
      if (isIgnored(record)) return;
      const line = accessLine(record, clock.wallMs());
      ring.put(line);
      waiting += line.length;
      // Thousands of sessions can end in one turn, when a backend dies.
      if (waiting > DRAIN_CHARACTERS || isClosed) drain();
      // The first after the sessions of this turn, and then, as those of a worker, every few milliseconds: a batch for each
      // turn costs a write for nearly every session.
      if (ring.claimTelling()) setImmediate(() => own.told());
    },
    follow(worker) {
      const each = new RingDrain(worker, sink, clock);
      followed.push(each);
      return () => each.told();
    },
    reopen: () => sink.reopen(),
    get droppedCount() {
      return sink.droppedCount;
    },
    async close() {
      isClosed = true;
      drain();
      for (const each of [own, ...followed]) each.close();
      await sink.close();
    },
  };
}

function formatOf({ format, output }: LogConfig): ((line: string) => string) | undefined {
  if (format === "json") return undefined;
  // https://no-color.org: whoever sets it, to whatever, wants none.
  const color = (process.env["NO_COLOR"] ?? "") === "" && isTerminal(output);
  return (line) => prettyLine(line, { color });
}

function isTerminal(output: string): boolean {
  return (output === "stdout" && isatty(1)) || (output === "stderr" && isatty(2));
}

const silentJournal: Journal = {
  log: silentLog,
  get level(): LogLevel {
    return "silent";
  },
  set level(_level) {},
  wantsAccess: () => false,
  progressIntervalMs: Number.POSITIVE_INFINITY,
  wantsProgress: () => false,
  access: () => {},
  follow: () => () => {},
  reopen: () => {},
  droppedCount: 0,
  close: () => Promise.resolve(),
};
