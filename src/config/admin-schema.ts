// What the admin address is told, as a schema.

import { z } from "zod";
import type { Address } from "../wire/address.ts";
import {
  type DashboardMode,
  dashboardModes,
  type MetricsAccess,
  metricsAccesses,
  type ReadyWhen,
  readyConditions,
} from "./admin-options.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { address, oneOf, strict } from "./value-schemas.ts";

/** The admin address, with every default filled in. */
export interface AdminConfig {
  readonly listen: readonly Address[];
  readonly tokenFile?: string | undefined;
  readonly metrics: MetricsAccess;
  readonly dashboard: DashboardMode;
  readonly readyWhen: ReadyWhen;
}

const listenError = { error: expected('an address such as "127.0.0.1:8901" or "unix:/path", or a list of them') };
const fileError = { error: expected("the path of a file") };

export const adminSchema: z.ZodType<AdminConfig> = strict("an object of admin options", {
  listen: z
    .union(
      [
        address("listen").transform((only) => [only]),
        z.array(address("listen"), listenError).min(1, { error: "got an empty list, expected at least one address" }),
      ],
      listenError,
    )
    .describe("where health, metrics and control answer: 127.0.0.1:8901, unix:/path, or a list of them"),
  tokenFile: z
    .string(fileError)
    .min(1, fileError)
    .optional()
    .describe("the file that holds the token; without one, nothing can be changed over TCP"),
  metrics: oneOf(metricsAccesses)
    .prefault(defaults.admin.metrics)
    .describe("who may read /metrics: open for everybody who gets there, token for whoever has it"),
  dashboard: oneOf(dashboardModes)
    .prefault(defaults.admin.dashboard)
    .describe("what the dashboard lets people do: read-write, read-only; or off, and there is none"),
  readyWhen: oneOf(readyConditions)
    .prefault(defaults.admin.readyWhen)
    .describe(
      "what /readyz waits for, beside not draining: listening, any-pool or all-pools that have a usable backend",
    ),
});
