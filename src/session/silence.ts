// How long a relay may be silent, and what it ends of.

import type { Relay } from "../transport/transport.ts";
import type { ListenerSnapshot } from "./context.ts";
import type { EndReason } from "./end.ts";

type Patience = Pick<ListenerSnapshot, "idleTimeoutMs" | "halfCloseTimeoutMs">;

/** When a relay that stays silent is over. */
export function silentUntilMs({ idleTimeoutMs, halfCloseTimeoutMs }: Patience, relay: Relay): number {
  const { lastActivityAtMs, finishedFirst } = relay;
  return lastActivityAtMs + (finishedFirst === undefined ? idleTimeoutMs : Math.min(halfCloseTimeoutMs, idleTimeoutMs));
}

/** What it ends of then. */
export function silenceEnd(
  { idleTimeoutMs, halfCloseTimeoutMs }: Patience,
  { finishedFirst }: Pick<Relay, "finishedFirst">,
): { readonly end: EndReason; readonly error: string | null } {
  return finishedFirst === undefined || idleTimeoutMs < halfCloseTimeoutMs
    ? { end: "idle-timeout", error: null }
    : { end: "half-close-timeout", error: `the ${finishedFirst} had finished` };
}

/** What a relay has ended of by itself. */
export function relayEnd({
  failedSide,
  failure,
  finishedFirst,
}: Pick<Relay, "failedSide" | "failure" | "finishedFirst">): EndReason {
  if (failedSide !== undefined && failure !== undefined) return `${failedSide}-${failure}`;
  return finishedFirst === undefined ? "internal" : `${finishedFirst}-finished`;
}
