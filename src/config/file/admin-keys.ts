// The admin address in a file.

import type { z } from "zod";
import { parseAddress } from "../address-parser.ts";
import { type AdminOptions, dashboardModes, metricsAccesses, readyConditions } from "../admin-options.ts";
import { defaults } from "../defaults.ts";
import { defined } from "../defined.ts";
import { choice } from "../kind.ts";
import { ofKind, parsedLeaf, textLeaf } from "./leaf.ts";
import { key, needed, oneOrMany, section } from "./section.ts";

const { admin } = defaults;

const listen = parsedLeaf("an address such as 127.0.0.1:8901", (text) => {
  const parsed = parseAddress(text, { purpose: "listen" });
  return "problem" in parsed ? parsed : { value: text };
});

export const adminKeys: z.ZodType<AdminOptions> = section("a map of the admin address's keys", {
  listen: needed(oneOrMany(listen, "an address such as 127.0.0.1:8901, or a list of them"), {
    description: "where health, metrics and control answer",
    flag: "admin",
    restart: true,
  }),
  "token-file": key(textLeaf("the path of a file"), {
    description: "the file that holds the token; without one, nothing can be changed over TCP",
    flag: "admin-token-file",
    restart: true,
  }),
  metrics: key(ofKind(choice(admin.metrics, metricsAccesses)), {
    description: "who may read /metrics: open for everybody who gets there, token for whoever has it",
    default: admin.metrics,
    restart: true,
  }),
  dashboard: key(ofKind(choice(admin.dashboard, dashboardModes)), {
    description: "what the dashboard lets people do: read-write, read-only; or off, and there is none",
    default: admin.dashboard,
    restart: true,
  }),
  "ready-when": key(ofKind(choice(admin.readyWhen, readyConditions)), {
    description:
      "what /readyz waits for, beside not draining: listening, any-pool or all-pools that have a usable backend",
    default: admin.readyWhen,
    restart: true,
  }),
}).transform(({ "token-file": tokenFile, "ready-when": readyWhen, ...same }) =>
  defined<AdminOptions>({ ...same, tokenFile, readyWhen }),
);
