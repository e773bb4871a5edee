import type { Session } from "../session/session.ts";
import type { SessionChoice } from "./message.ts";

/** Whether a session is meant. */
export function chosenBy(
  which: SessionChoice,
): (session: Pick<Session, "backendRow" | "number" | "listener">) => boolean {
  switch (which.kind) {
    case "all":
      return () => true;
    case "rows":
      return ({ backendRow }) => which.rows.includes(backendRow);
    case "number":
      return ({ number }) => number === which.number;
    case "listener":
      return ({ listener }) => listener.slot === which.slot;
  }
}
