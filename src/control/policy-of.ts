import { createFunctionPolicy } from "../backend/function-policy.ts";
import { createPolicy } from "../balance/policies.ts";
import type { Random } from "../clock.ts";
import type { PoolConfig } from "../config/config.ts";
import type { PlaneOptions } from "../worker/plane.ts";

/**
 * Makes the policies of a data plane in this thread, where the user's own functions live.
 * @param policyOf how a pool picks now: a function may be replaced by another.
 */
export function createPolicyOf(
  policyOf: (pool: string) => PoolConfig["policy"] | undefined,
  random: Random,
): PlaneOptions["createPolicy"] {
  return ({ name, policy }, poolOf) => {
    if (policy !== "function") return createPolicy(policy, { random, rotation: 0 });
    return createFunctionPolicy(
      (candidates, client) => {
        const chosen = policyOf(name);
        if (typeof chosen !== "function") throw new TypeError(`pool "${name}" has no policy function any more`);
        return chosen(candidates, client);
      },
      (row) => poolOf()?.backend(row),
    );
  };
}
