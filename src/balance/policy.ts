// The seam between picking and everything else. A policy sees numbers only: it knows neither sockets nor
// configuration nor health.

/** A backend as a policy knows it between two changes of membership or weight. */
export interface Member {
  /** A small integer, stable while the backend is a member. */
  readonly id: number;
  /** Stable between processes: two instances with the same backends have the same keys. */
  readonly key: string;
  /** 1 to 256. */
  readonly weight: number;
}

/**
 * Who can serve right now. A view that is valid during one `pick` only: policies keep nothing of it.
 * `ids[0 .. count)` are in ascending order; `active` and `weight` are indexed by id.
 */
export interface Candidates {
  readonly ids: Int32Array;
  readonly count: number;
  /** Sessions that the backend has now, the ones still dialling included. */
  readonly active: Int32Array;
  readonly weight: Int32Array;
  /** What stands for a weight of 1. Other than 1 where weights have fractions for now, and differ from those of the members. */
  readonly weightUnit: number;
}

/**
 * How a pool picks. One instance belongs to one pool in one data plane.
 *
 * Contract (test/balance/policy.contract.ts):
 * - `pick` gives an id of `candidates`, or -1 if and only if there is none;
 * - with equal weights and no other load every candidate is picked, none for ever passed over;
 * - it allocates nothing and keeps no reference to `candidates`;
 * - any subset of the members may be the candidates, in any order of calls.
 */
export interface Policy {
  /** Whether `pick` looks at `key`, so that callers need not compute it otherwise. */
  readonly usesKey: boolean;
  /** Told before the first pick and whenever a member or a weight changed. */
  arrange(members: readonly Member[]): void;
  /**
   * @param key 32-bit hash of what the pool hashes (the client's address); 0 if `usesKey` is false.
   * @param clientIp for policies of the user's own.
   */
  pick(candidates: Candidates, key: number, clientIp: string): number;
}

export const policyNames = ["least-connections", "round-robin", "random", "random-two", "source-hash"] as const;
export type PolicyName = (typeof policyNames)[number];

/** What a policy of the user's own may choose from. */
export interface PolicyCandidate {
  readonly name: string;
  /** `ip:port` or `unix:/path`. */
  readonly address: string;
  /** Less than its own while it starts slowly. */
  readonly weight: number;
  /** Sessions it has now, the ones still dialling included. */
  readonly active: number;
}

/**
 * A policy of the user's own. Called for each pick on the data path, so it must be quick and must not block.
 * An answer that is not one of `candidates`, or an exception, ends the session as `internal`.
 */
export type PolicyFunction = (
  candidates: readonly PolicyCandidate[],
  client: { readonly address: string },
) => PolicyCandidate;
