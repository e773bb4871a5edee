// The verbs that change the process as a whole.

import { logLevels } from "../../config/options.ts";
import { nearest } from "../../config/suggestion.ts";
import { describeReport, type ReloadReport } from "../../control/reload-report.ts";
import { configError } from "../../errors.ts";
import { quote } from "../../wire/quote.ts";
import type { ExitCode } from "../failure.ts";
import { ask, type Errand, fail, printJson, say, wantsJson } from "./errand.ts";

/** A reload may look up names and try addresses. */
const RELOAD_MS = 60_000;

export async function reload(errand: Errand): Promise<ExitCode> {
  const answer = await ask<ReloadReport>(errand, { method: "POST", path: "/reload", waitMs: RELOAD_MS });
  if (answer.kind !== "answer") return fail(errand, answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  say(errand, `reloaded: ${describeReport(answer.body)}`);
  const { restartRequired } = answer.body;
  if (restartRequired.length > 0) say(errand, `these need a restart to take effect: ${restartRequired.join(", ")}`);
  return 0;
}

/** @throws LbError `LB_CONFIG` */
export async function setLogLevel(errand: Errand): Promise<ExitCode> {
  const [level = ""] = errand.words;
  if (!logLevels.some((each) => each === level)) {
    const close = nearest(level, logLevels);
    const offer = close === undefined ? "" : `; did you mean ${close}?`;
    throw configError([
      { path: "log-level", message: `got ${quote(level)}, expected ${logLevels.join(", ")}${offer}` },
    ]);
  }
  const answer = await ask<{ readonly level: string }>(errand, { method: "PUT", path: "/log-level", body: { level } });
  if (answer.kind !== "answer") return fail(errand, answer);
  return wantsJson(errand) ? printJson(errand, answer.body) : say(errand, `the log level is ${answer.body.level}`);
}

export async function stop(errand: Errand, how: "drain" | "shutdown"): Promise<ExitCode> {
  const answer = await ask<unknown>(errand, { method: "POST", path: `/${how}` });
  if (answer.kind !== "answer") return fail(errand, answer);
  if (wantsJson(errand)) return printJson(errand, answer.body);
  const text = how === "drain" ? "it accepts no more, and ends when its sessions have" : "it stops in order";
  return say(errand, `${errand.remote.place.text}: ${text}`);
}
