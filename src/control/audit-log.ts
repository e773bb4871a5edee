import type { AuditEvent } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";

/** Who has changed what, as a line of the log. */
export function logAuditEvent(log: Log, { action, by, client, subject, change }: Omit<AuditEvent, "at">): void {
  const what = subject === null ? action : `${action} ${subject}`;
  const values = Object.entries(change).map(([key, value]) => `${key} ${textOf(value)}`);
  const message = [`${by}: ${what}`, values.join(", ")].filter((part) => part !== "").join(", ");
  log.info("audit", { action, by, client, subject, change }, message);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
