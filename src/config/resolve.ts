import type { z } from "zod";
import { configError, type Problem } from "../errors.ts";
import { type ReadText, readAccess } from "./access-file.ts";
import { type AdminConfig, adminSchema } from "./admin-schema.ts";
import { backendChangeSchema, backendSchema, weightSchema } from "./backend-schema.ts";
import type { BackendConfig, Config } from "./config.ts";
import { DEFAULT_POOL } from "./defaults.ts";
import { optionPath } from "./option-path.ts";
import { type LogLevel, logLevels } from "./options.ts";
import { readProbeAuthority } from "./probe-authority.ts";
import { readText } from "./read-text.ts";
import { referenceProblems } from "./references.ts";
import { balancerSchema, type UnnamedBalancer } from "./schema.ts";
import { schemaProblems } from "./schema-problems.ts";
import { oneOf } from "./value-schemas.ts";

/**
 * Options as a library user wrote them, as configuration.
 * @param read For the files of access lists.
 * @throws LbError LB_CONFIG with all problems at once
 */
export function resolve(options: unknown, read: ReadText = readText): Config {
  const parsed = balancerSchema.safeParse(options);
  const problems = [...(parsed.success ? [] : schemaProblems(parsed.error)), ...referenceProblems(options)];
  const config = parsed.success ? named(parsed.data, read, problems) : undefined;
  if (config === undefined || problems.length > 0) throw configError(problems);
  return config;
}

function named({ listeners, pools, ...rest }: UnnamedBalancer, read: ReadText, problems: Problem[]): Config {
  const [onlyPool = DEFAULT_POOL] = Object.keys(pools);
  return {
    ...rest,
    lookup: rest.lookup,
    webhook: rest.webhook,
    listeners: Object.entries(listeners).map(([name, listener]) => ({
      ...listener,
      name,
      // Where there are routes, what none of them matches goes nowhere unless it is said where.
      pool: listener.pool ?? (listener.routes.length > 0 ? undefined : onlyPool),
      access: readAccess(listener.access, optionPath(["listeners", name, "access"]), read, problems),
    })),
    pools: Object.entries(pools).map(([name, pool]) => ({
      ...pool,
      name,
      probe: pool.probe && readProbeAuthority(pool.probe, optionPath(["pools", name, "probe"]), read, problems),
    })),
  };
}

/**
 * The options of the admin address.
 * @throws LbError LB_CONFIG with all problems at once
 */
export function resolveAdmin(options: unknown): AdminConfig {
  const parsed = adminSchema.safeParse(options);
  if (!parsed.success) throw configError(schemaProblems(parsed.error, "admin"));
  return parsed.data;
}

/**
 * A backend that is added at run time.
 * @param path What the problems call it.
 * @throws LbError LB_CONFIG with all problems at once
 */
export function resolveBackend(options: unknown, path: string): BackendConfig {
  const parsed = backendSchema.safeParse(options);
  if (!parsed.success) throw configError(schemaProblems(parsed.error, path));
  return parsed.data;
}

/**
 * A weight that is set at run time.
 * @param path What the problem calls it.
 * @throws LbError LB_CONFIG
 */
export function resolveWeight(weight: unknown, path: string): number {
  const parsed = weightSchema.safeParse(weight);
  if (!parsed.success) throw configError(schemaProblems(parsed.error, path));
  return parsed.data;
}

/**
 * What is set of a backend at run time.
 * @param path What the problems call it.
 * @throws LbError LB_CONFIG with all problems at once
 */
export function resolveBackendChange(change: unknown, path: string): z.infer<typeof backendChangeSchema> {
  const parsed = backendChangeSchema.safeParse(change);
  if (!parsed.success) throw configError(schemaProblems(parsed.error, path));
  return parsed.data;
}

/**
 * A log level that is set at run time.
 * @param path What the problem calls it.
 * @throws LbError LB_CONFIG
 */
export function resolveLogLevel(level: unknown, path: string): LogLevel {
  const parsed = oneOf(logLevels).safeParse(level);
  if (!parsed.success) throw configError(schemaProblems(parsed.error, path));
  return parsed.data;
}
