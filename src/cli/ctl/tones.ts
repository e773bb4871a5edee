// States in their colours, and why a backend is in the one that it is in.

import type { BackendStatus } from "../../control/backend.ts";
import type { EndpointState } from "../../control/endpoint.ts";
import { ageText } from "../text/figures.ts";
import { type Span, span, type Tone } from "../text/line.ts";
import { msBetween } from "../text/moment.ts";

const tones: Readonly<Record<EndpointState, Tone>> = {
  ready: "good",
  drain: "warning",
  maintenance: "accent",
  ejected: "bad",
  down: "bad",
  removed: "dim",
};

/** A state that a newer server may have is shown as it is. */
function stateTone(state: string): Tone {
  return new Map<string, Tone>(Object.entries(tones)).get(state) ?? "plain";
}

export function stateSpan(state: string): Span {
  return span(state, stateTone(state));
}

/** What there is to know about its state in a line: empty for one that serves, and always has. @param at Now, ISO 8601. */
export function reasonText(backend: BackendStatus, at: string): string {
  const { addresses, override } = backend;
  const troubles = addresses.flatMap(({ state, lastProbe, ejectedUntil }) => {
    if (ejectedUntil !== null) return [`ejected for ${ageText(Math.max(0, msBetween(at, ejectedUntil)))}`];
    return lastProbe === null || lastProbe === "ok" || state === "ready" ? [] : [`probe: ${lastProbe}`];
  });
  const ofAll = addresses.length > 1 && troubles.length > 0 ? `${troubles.length} of ${addresses.length}: ` : "";
  const parts = [
    ...(addresses.length === 0 ? ["no address: its name does not resolve"] : []),
    ...(troubles.length === 0 ? [] : [`${ofAll}${troubles[0]}`]),
    ...(override === null ? [] : [`${overrideText(override)} by ${override.by} ${agoText(override.at, at)}`]),
  ];
  return parts.join("; ");
}

/** `drain, weight 3`. */
export function overrideText(override: NonNullable<BackendStatus["override"]>): string {
  const { membership, state, weight, maxConnections } = override;
  const parts = [
    ...(membership === null ? [] : [membership]),
    ...(state === null ? [] : [state]),
    ...(weight === null ? [] : [`weight ${weight}`]),
    ...(maxConnections === null ? [] : [`limit ${maxConnections}`]),
  ];
  return parts.length === 0 ? "changed" : parts.join(", ");
}

/** `3m12s ago`. */
export function agoText(then: string, now: string): string {
  return `${ageText(Math.max(0, msBetween(then, now)))} ago`;
}
