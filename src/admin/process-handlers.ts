// What concerns the whole process: reload, drain, shutdown, and how much it logs.

import { isRecord } from "../config/fields.ts";
import { type LogLevel, logLevels } from "../config/options.ts";
import { didYouMean } from "../config/suggestion.ts";
import type { Balancer } from "../control/balancer.ts";
import { describeReport } from "../control/reload-report.ts";
import { configError } from "../errors.ts";
import { quoteValue } from "../wire/quote.ts";
import type { AdminActions } from "./admin.ts";
import { actorOf } from "./backend-handlers.ts";
import type { Call, Handler } from "./call.ts";
import { json, problem, type Reply } from "./reply.ts";
import type { View } from "./view.ts";

export function processHandlers(
  balancer: Balancer,
  view: View,
  actions: AdminActions,
): Readonly<Record<string, Handler>> {
  async function reload(call: Call): Promise<Reply> {
    if (actions.reload === undefined) {
      return problem(501, "there is nothing to reload, because the configuration came from flags and not a file");
    }
    const before = balancer.summary().config.hash;
    const report = await actions.reload();
    const { hash } = balancer.summary().config;
    if (hash !== before) {
      const change = { hash, changed: describeReport(report) };
      balancer.audit({ action: "reload", subject: null, change, ...actorOf(call) });
    }
    return json(report);
  }

  function stop(call: Call, action: "drain" | "shutdown"): Reply {
    const act = actions[action];
    if (act === undefined) return problem(501, `what started this balancer does not let it ${action}; close it there`);
    if (!view.status().draining) balancer.audit({ action, subject: null, change: {}, ...actorOf(call) });
    act();
    return json(view.status(), 202);
  }

  function setLogLevel(call: Call): Reply {
    const level = levelIn(call.body);
    const before = balancer.logLevel;
    balancer.logLevel = level;
    if (before !== level) {
      balancer.audit({ action: "log-level", subject: null, change: { level, before }, ...actorOf(call) });
    }
    return json({ level });
  }

  return {
    "POST /api/v1/reload": reload,
    "POST /api/v1/drain": (call) => stop(call, "drain"),
    "POST /api/v1/shutdown": (call) => stop(call, "shutdown"),
    "PUT /api/v1/log-level": setLogLevel,
  };
}

/** @throws LbError `LB_CONFIG` */
function levelIn(body: unknown): LogLevel {
  const problems = Object.keys(isRecord(body) ? body : {})
    .filter((key) => key !== "level")
    .map((key) => ({ path: `body.${key}`, message: `unknown key${didYouMean(key, ["level"])}; expected level alone` }));
  const given = isRecord(body) ? body["level"] : undefined;
  const level = logLevels.find((each) => each === given);
  if (level !== undefined && problems.length === 0) return level;
  const meant = typeof given === "string" ? didYouMean(given, logLevels) : "";
  const message = `got ${given === undefined ? "nothing" : quoteValue(given)}, expected one of ${logLevels.join(", ")}${meant}`;
  throw configError(level === undefined ? [...problems, { path: "body.level", message }] : problems);
}
