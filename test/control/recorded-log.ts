import type { Log } from "../../src/observe/log.ts";

export interface RecordedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A log that keeps its lines. */
export interface RecordedLog extends Log {
  readonly lines: readonly RecordedLine[];
  /** The lines of an event. */
  readonly of: (event: string) => readonly RecordedLine[];
}

export function createRecordedLog(): RecordedLog {
  const lines: RecordedLine[] = [];
  const at =
    (level: RecordedLine["level"]): Log["info"] =>
    (event, fields, message) =>
      void lines.push({ level, event, fields, message });
  return {
    lines,
    of: (event) => lines.filter((line) => line.event === event),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    isLevelEnabled: () => true,
  };
}
