// The control plane's own events, as lines of JSON beside the access lines. pino makes the line; where it goes is the
// caller's.

import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";
import type { Clock } from "../clock.ts";
import type { LogConfig } from "../config/config.ts";
import { type LogLevel, logLevels } from "../config/options.ts";
import { messageOf, systemCode } from "../errors.ts";
import { isoTime } from "./iso-time.ts";

/** What a line says beside its event and message; the keys that every line has are not free. */
interface LogFields {
  readonly [key: string]: unknown;
  readonly time?: never;
  readonly level?: never;
  readonly event?: never;
  readonly message?: never;
}

/**
 * One line for each call: time, level, event, the fields, message. A field that is an Error becomes a text, as `error`
 * is in the access line, so that a key has one type in whatever stores the log: code and message, and at the levels
 * debug and trace the stack.
 */
export interface Log {
  debug(event: string, fields: LogFields, message: string): void;
  info(event: string, fields: LogFields, message: string): void;
  warn(event: string, fields: LogFields, message: string): void;
  error(event: string, fields: LogFields, message: string): void;
  /** So that nobody gathers fields in vain. */
  isLevelEnabled(level: LogLevel): boolean;
}

/** One whose least level can be changed. */
export interface AdjustableLog extends Log {
  level: LogLevel;
}

export interface LogOptions {
  readonly config: Pick<LogConfig, "level">;
  readonly clock: Clock;
  /** Takes one finished line with its newline. */
  readonly write: (line: string) => void;
}

export function createLog({ config, clock, write }: LogOptions): AdjustableLog {
  const destination: DestinationStream = { write };
  const logger: Logger = pino(
    {
      level: config.level,
      // No pid and no host name: whoever collects the lines knows where they come from.
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${isoTime(clock.wallMs())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const merge = (event: string, fields: LogFields): object => {
    const texts = Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error ? textOf(value, logger.isLevelEnabled("debug")) : value,
    ]);
    return { event, ...Object.fromEntries(texts) };
  };
  return {
    get level() {
      return logLevels.find((level) => level === logger.level) ?? "silent";
    },
    set level(level) {
      logger.level = level;
    },
    debug(event, fields, message) {
      if (logger.isLevelEnabled("debug")) logger.debug(merge(event, fields), message);
    },
    info: (event, fields, message) => logger.info(merge(event, fields), message),
    warn: (event, fields, message) => logger.warn(merge(event, fields), message),
    error: (event, fields, message) => logger.error(merge(event, fields), message),
    isLevelEnabled: (level) => level !== "silent" && logger.isLevelEnabled(level),
  };
}

/** Says nothing: the library's default. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  isLevelEnabled: () => false,
};

// Causes beyond this say nothing new, and a chain may be a circle.
const MOST_CAUSES = 4;

function textOf(error: Error, withStack: boolean): string {
  const texts: string[] = [];
  let current: unknown = error;
  while (current !== undefined && texts.length <= MOST_CAUSES) {
    texts.push(withStack && current instanceof Error ? (current.stack ?? current.message) : summaryOf(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return texts.join(withStack ? "\ncaused by: " : "; caused by: ");
}

/** The message, with the code in front unless it says it already, as Node's own messages do. */
function summaryOf(error: unknown): string {
  const message = messageOf(error);
  const code = systemCode(error);
  return code === undefined || message.includes(code) ? message : `${code}: ${message}`;
}
