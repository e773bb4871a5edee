import { createFunctionPolicy } from "../backend/function-policy.ts";
import { createPolicy } from "../balance/policies.ts";
import type { Random } from "../clock.ts";
import type { PoolConfig } from "../config/config.ts";
import type { PlaneOptions } from "../worker/plane.ts";

/** Makes the policies of a data plane in this thread, where the user's own functions live. */
export function createPolicyOf(pools: readonly PoolConfig[], random: Random): PlaneOptions["createPolicy"] {
  const functions = new Map(pools.map(({ name, policy }) => [name, policy]));
  return ({ name, policy }, poolOf) => {
    const chosen = functions.get(name);
    if (typeof chosen === "function") return createFunctionPolicy(chosen, (row) => poolOf()?.backend(row));
    return createPolicy(policy === "function" ? "least-connections" : policy, { random, rotation: 0 });
  };
}
