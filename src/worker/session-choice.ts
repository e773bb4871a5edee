import type { EndReason } from "../session/end.ts";
import type { Session } from "../session/session.ts";
import type { SessionChoice } from "./message.ts";
import type { Plane } from "./plane.ts";

/** Resets the sessions that are meant. @returns how many: those that were ending already do not count. */
export function abortChosen(plane: Plane, end: EndReason, which: SessionChoice): number {
  const isMeant = chosenBy(which);
  return which.kind === "evicted" ? plane.evict(end, isMeant) : plane.abort(end, isMeant);
}

/** Whether a session is meant. */
export function chosenBy(
  which: SessionChoice,
): (session: Pick<Session, "backendRow" | "clientIp" | "number" | "listener">) => boolean {
  switch (which.kind) {
    case "all":
      return () => true;
    case "rows":
    case "evicted":
      return ({ backendRow }) => which.rows.includes(backendRow);
    case "filtered": {
      const { number, clientIp } = which;
      const slots = which.slots === undefined ? undefined : new Set(which.slots);
      const rows = which.rows === undefined ? undefined : new Set(which.rows);
      return (session) =>
        (number === undefined || session.number === number) &&
        (slots === undefined || slots.has(session.listener.slot)) &&
        (rows === undefined || rows.has(session.backendRow)) &&
        (clientIp === undefined || session.clientIp === clientIp);
    }
    case "listener":
      return ({ listener }) => listener.slot === which.slot;
  }
}
