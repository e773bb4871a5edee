import { configError } from "../errors.ts";
import { backendSchema, weightSchema } from "./backend-schema.ts";
import type { BackendConfig, Config } from "./config.ts";
import { DEFAULT_POOL } from "./defaults.ts";
import type { BackendOptions } from "./options.ts";
import { referenceProblems } from "./references.ts";
import { balancerSchema } from "./schema.ts";
import { schemaProblems } from "./schema-problems.ts";

/**
 * Options as a library user wrote them, as configuration.
 * @throws LbError LB_CONFIG with all problems at once
 */
export function resolve(options: unknown): Config {
  const parsed = balancerSchema.safeParse(options);
  const problems = [...(parsed.success ? [] : schemaProblems(parsed.error)), ...referenceProblems(options)];
  if (!parsed.success || problems.length > 0) throw configError(problems);

  const { listeners, pools, ...rest } = parsed.data;
  const [onlyPool = DEFAULT_POOL] = Object.keys(pools);
  return {
    ...rest,
    lookup: rest.lookup,
    listeners: Object.entries(listeners).map(([name, { pool = onlyPool, ...more }]) => ({ ...more, name, pool })),
    pools: Object.entries(pools).map(([name, pool]) => ({ ...pool, name })),
  };
}

/**
 * A backend that is added at run time.
 * @param path What the problems call it.
 * @throws LbError LB_CONFIG with all problems at once
 */
export function resolveBackend(options: string | BackendOptions, path: string): BackendConfig {
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
