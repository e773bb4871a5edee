// /livez, /healthz and /readyz.

import type { AdminConfig } from "../config/admin-schema.ts";
import type { Balancer } from "../control/balancer.ts";
import type { Call, Handler } from "./call.ts";
import { allHold, type Condition, healthText, liveConditions, readyConditions } from "./health.ts";
import { type Reply, text } from "./reply.ts";

export function healthHandlers(balancer: Balancer, config: AdminConfig): Readonly<Record<string, Handler>> {
  const live: Handler = (call) => answer(call, liveConditions(balancer.summary()));
  return {
    "GET /livez": live,
    "GET /healthz": live,
    "GET /readyz": (call) => answer(call, readyConditions(balancer.summary(), config.readyWhen)),
  };
}

function answer({ query }: Call, conditions: readonly Condition[]): Reply {
  const isVerbose = query.has("verbose") && query.get("verbose") !== "false";
  return text(healthText(conditions, isVerbose), allHold(conditions) ? 200 : 503);
}
