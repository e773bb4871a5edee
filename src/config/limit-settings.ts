// The flags of limits for each client, of queues, and of what backends are told about clients.

import { defaults } from "./defaults.ts";
import { type Setting, setting } from "./key.ts";
import { choice, countOr, duration, rateOrOff } from "./kind.ts";
import { limits } from "./limits.ts";
import type { ProxyVersion } from "./proxy-options.ts";

export interface LimitSettings {
  readonly "client-connections": number | "off";
  readonly "client-rate": number | "off";
  readonly "queue-limit": number | "off";
  readonly "queue-timeout": number;
  readonly "send-proxy": ProxyVersion | "off";
}

export const limitSettings: { readonly [Flag in keyof LimitSettings]: Setting<LimitSettings[Flag]> } = {
  "client-connections": setting(
    "client-connections",
    "Access",
    countOr("off", defaults.perClient.maxConnections, limits.connections),
    "sessions at once for each client address, or IPv6 /64",
  ),
  "client-rate": setting("client-rate", "Access", rateOrOff(), "new sessions for each of them, such as 20/s"),
  "queue-limit": setting(
    "queue-limit",
    "Backends",
    countOr("off", defaults.pool.queue, limits.queue),
    "sessions that wait while every backend is at its max-connections",
  ),
  "queue-timeout": setting(
    "queue-timeout",
    "Backends",
    duration(defaults.queue.timeoutMs, limits.sessionMs),
    "longest wait in the queue",
  ),
  "send-proxy": setting(
    "send-proxy",
    "Backends",
    choice<ProxyVersion | "off">(defaults.pool.sendProxy, ["v1", "v2", "off"]),
    "tells backends the client's address by a PROXY header",
  ),
};
