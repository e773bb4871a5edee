import type { Random } from "../clock.ts";
import { LeastConnections } from "./least-connections.ts";
import type { Policy, PolicyName } from "./policy.ts";
import { RandomOne } from "./random.ts";
import { RandomTwo } from "./random-two.ts";
import { RoundRobin } from "./round-robin.ts";
import { SourceHash } from "./source-hash.ts";

export interface PolicyOptions {
  readonly random: Random;
  /** A whole number from 0, different in each data plane: where the policies that have turns begin. */
  readonly rotation: number;
}

const policies = {
  "least-connections": ({ rotation }) => new LeastConnections(rotation),
  "round-robin": ({ rotation }) => new RoundRobin(rotation),
  random: ({ random }) => new RandomOne(random),
  "random-two": ({ random }) => new RandomTwo(random),
  "source-hash": () => new SourceHash(),
} satisfies Record<PolicyName, (options: PolicyOptions) => Policy>;

/** A policy of its own for one pool in one data plane. */
export function createPolicy(name: PolicyName, options: PolicyOptions): Policy {
  return policies[name](options);
}
