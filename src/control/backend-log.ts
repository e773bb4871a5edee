import type { BackendEvent } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";

const sentences: Readonly<Record<BackendEvent["event"], string>> = {
  up: "is up",
  down: "is down",
  ejected: "is out of rotation: dials to it failed",
  returned: "is back in rotation",
  added: "was added",
  removed: "was removed: no new sessions",
};

/** A backend's change as a line of the log: bad news are warnings. */
export function logBackendEvent(log: Log, { event, pool, backend, address, reason }: Omit<BackendEvent, "at">): void {
  const where = address === null ? "" : ` at ${address}`;
  const fields = { pool, backend, address, reason };
  const message = `Backend ${backend}${where} ${sentences[event]} (${reason})`;
  if (event === "down" || event === "ejected") log.warn(event, fields, message);
  else log.info(event, fields, message);
}
