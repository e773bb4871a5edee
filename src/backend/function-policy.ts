import type { Candidates, Policy, PolicyCandidate, PolicyFunction } from "../balance/policy.ts";
import type { BackendRow } from "./pool.ts";

/**
 * Lets a user's function pick. It is shown names instead of numbers, so each pick allocates; a wrong answer throws and
 * ends the session as `internal`.
 */
export function createFunctionPolicy(
  choose: PolicyFunction,
  backendOf: (row: number) => BackendRow | undefined,
): Policy {
  return {
    usesKey: false,
    arrange() {},
    pick(candidates: Candidates, _key: number, clientIp: string): number {
      if (candidates.count === 0) return -1;
      const rows = Array.from(candidates.ids.subarray(0, candidates.count));
      const offered = rows.map((row) => describe(candidates, row));
      const index = offered.indexOf(choose(offered, { address: clientIp }));
      const row = rows[index];
      if (row === undefined) throw new TypeError("the policy function must return one of the candidates it was given");
      // It may have called the balancer, which has taken the backend out meanwhile.
      if (backendOf(row) === undefined) throw new TypeError("the policy function must not remove what it returns");
      return row;
    },
  };

  function describe({ active, weight, weightUnit }: Candidates, row: number): PolicyCandidate {
    const backend = backendOf(row);
    return {
      name: backend?.name ?? "",
      address: backend?.addressText ?? "",
      weight: (weight[row] ?? 0) / weightUnit,
      active: active[row] ?? 0,
    };
  }
}
