// The ends of sessions, by who ended them: what the colours of their mix mean.

import type { History } from "#answers";

export type End = keyof History["ends"];
export type EndGroup = "orderly" | "client" | "backend" | "lb-tcp" | "operator";

/** In the order in which they are shown, each with what stands beside its colour. */
export const endGroups: Readonly<Record<EndGroup, string>> = {
  orderly: "both, in order",
  client: "client",
  backend: "backend",
  "lb-tcp": "lb-tcp",
  operator: "operator",
};

const groups: Readonly<Record<End, EndGroup>> = {
  "client-finished": "orderly",
  "backend-finished": "orderly",
  "client-reset": "client",
  "backend-reset": "backend",
  "client-lost": "client",
  "backend-lost": "backend",
  "client-gone": "client",
  "no-backend": "lb-tcp",
  "dial-failed": "lb-tcp",
  "local-resource": "lb-tcp",
  "queue-full": "lb-tcp",
  "queue-timeout": "lb-tcp",
  "peek-timeout": "lb-tcp",
  "peek-too-large": "lb-tcp",
  "bad-proxy-header": "client",
  "bad-request": "client",
  "no-route": "lb-tcp",
  denied: "lb-tcp",
  "over-limit": "lb-tcp",
  "rate-limited": "lb-tcp",
  "idle-timeout": "lb-tcp",
  "half-close-timeout": "lb-tcp",
  "max-lifetime": "lb-tcp",
  "backend-down": "lb-tcp",
  "backend-removed": "operator",
  "closed-by-operator": "operator",
  rebalanced: "lb-tcp",
  drained: "operator",
  shutdown: "operator",
  "tls-failed": "client",
  "worker-failed": "lb-tcp",
  internal: "lb-tcp",
};

/** Of an end that this page does not know yet, too. */
export function groupOf(end: string): EndGroup {
  return isEnd(end) ? groups[end] : "lb-tcp";
}

function isEnd(end: string): end is End {
  return Object.hasOwn(groups, end);
}
