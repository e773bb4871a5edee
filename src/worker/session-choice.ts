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
): (session: Pick<Session, "backendRow" | "number" | "listener">) => boolean {
  switch (which.kind) {
    case "all":
      return () => true;
    case "rows":
    case "evicted":
      return ({ backendRow }) => which.rows.includes(backendRow);
    case "number":
      return ({ number }) => number === which.number;
    case "listener":
      return ({ listener }) => listener.slot === which.slot;
  }
}
