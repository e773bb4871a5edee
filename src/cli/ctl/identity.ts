// `pool/backend` as people write it, and what was meant where there is none.

import type { PoolStats } from "../../control/stats.ts";
import { configError } from "../../errors.ts";
import type { ExitCode } from "../failure.ts";
import { line } from "../failure.ts";
import type { Failure } from "../remote/remote.ts";
import { wordProblem } from "../word-problem.ts";
import { askAll, type Errand, fail, meant } from "./errand.ts";

export interface Identity {
  readonly pool: string;
  readonly backend: string;
  /** `pool/backend`. */
  readonly text: string;
}

/** @throws LbError `LB_CONFIG` */
export function parseIdentity(text: string): Identity {
  // A pool's name holds no slash, a backend's may.
  const slash = text.indexOf("/");
  if (slash > 0 && slash < text.length - 1) {
    return { pool: text.slice(0, slash), backend: text.slice(slash + 1), text };
  }
  const message = "is no backend; write POOL/BACKEND, such as web/b2; `lb-tcp ctl backends` lists them";
  throw configError([wordProblem(text, message)]);
}

/** Below /api/v1. */
export function backendPath({ pool, backend }: Identity): string {
  return `/pools/${encodeURIComponent(pool)}/backends/${encodeURIComponent(backend)}`;
}

/** As fail(), and says which backend was meant where there is none of that name. */
export async function failAbout(errand: Errand, name: string, failure: Failure): Promise<ExitCode> {
  if (failure.kind !== "refused" || failure.status !== 404) return fail(errand, failure);
  const pools = await askAll<PoolStats>(errand, "/pools");
  if (pools.kind !== "answer") return fail(errand, failure);
  const { items } = pools.body;
  const identities = items.flatMap((pool) => pool.backends.map((backend) => `${pool.name}/${backend.name}`));
  const known = name.includes("/") ? identities : items.map((pool) => pool.name);
  // It is there: something else is missing.
  const offer = known.includes(name) ? "" : meant(name, known) || sameNames(name, identities);
  if (offer === "" || /did you mean/.test(failure.problem.detail)) return fail(errand, failure);
  errand.surface.complain(line(`${failure.problem.detail}${offer}`));
  return 2;
}

/** The right name in the wrong pool. */
function sameNames(name: string, identities: readonly string[]): string {
  const backend = name.slice(name.indexOf("/") + 1);
  const others = identities.filter((identity) => identity.slice(identity.indexOf("/") + 1) === backend);
  return others.length === 1 ? `; did you mean ${others[0]}?` : "";
}
