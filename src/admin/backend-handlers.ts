// What may be done to a backend at run time.

import { defined } from "../config/defined.ts";
import type { BackendOptions } from "../config/options.ts";
import { resolveBackend, resolveBackendChange } from "../config/resolve.ts";
import type { BackendStatus } from "../control/backend.ts";
import type { Balancer } from "../control/balancer.ts";
import type { Actor, BackendChange } from "../control/override.ts";
import type { PoolHandle } from "../control/pool-handle.ts";
import { LbError } from "../errors.ts";
import type { BackendAnswer } from "./answers.ts";
import type { Call, Handler } from "./call.ts";
import { empty, json, problem, type Reply } from "./reply.ts";
import { type Waiting, waitMsOf } from "./waiting.ts";

const BACKEND = "/api/v1/pools/{pool}/backends/{backend}";
/** Of a backend that is no more; there may be as many sessions as the process has. */
const MOST_COUNTED_PAGES = 1_000;

export function backendHandlers(balancer: Balancer, waiting: Waiting): Readonly<Record<string, Handler>> {
  const poolOf = ({ parameters }: Call): PoolHandle => balancer.pool(parameters["pool"] ?? "");

  async function remove(call: Call): Promise<Reply> {
    const pool = poolOf(call);
    const waitMs = waitMsOf(call.query);
    if (waitMs !== undefined && waiting.isFull) return tooManyWait();
    const before = statusOf(pool, nameIn(call));
    pool.remove(before.name, actorOf(call));
    const identity = `${pool.name}/${before.name}`;
    // Whether there is one is all that is asked ten times a second.
    const anyLeft = (): number => balancer.sessions({ backend: identity, limit: 1 }).items.length;
    if (waitMs !== undefined) await waiting.until(anyLeft, waitMs, call.signal);
    const left = sessionsOf(balancer, identity);
    const answer: BackendAnswer = { pool: pool.name, backend: { ...before, state: "removed" }, left };
    return json(answer, answer.left > 0 ? 202 : 200);
  }

  async function change(call: Call): Promise<Reply> {
    const pool = poolOf(call);
    const name = nameIn(call);
    const waitMs = waitMsOf(call.query);
    if (waitMs !== undefined && waiting.isFull) return tooManyWait();
    statusOf(pool, name);
    pool.change(name, defined<BackendChange>(resolveBackendChange(call.body, "body")), actorOf(call));
    if (waitMs === undefined) return json(answerOf(pool, name));
    await waiting.until(() => pool.backends().find((each) => each.name === name)?.active ?? 0, waitMs, call.signal);
    const answer = answerOf(pool, name);
    return json(answer, answer.left > 0 ? 202 : 200);
  }

  return {
    "POST /api/v1/pools/{pool}/backends": (call) => {
      const pool = poolOf(call);
      if (!isBackendOptions(call.body)) return problem(422, "expected an address, or an object of backend options");
      const { name } = resolveBackend(call.body, "body");
      pool.add(call.body, actorOf(call));
      const location = `/api/v1/pools/${encodeURIComponent(pool.name)}/backends/${encodeURIComponent(name)}`;
      return json(answerOf(pool, name), 201, { location });
    },
    [`GET ${BACKEND}`]: (call) => json(answerOf(poolOf(call), nameIn(call))),
    [`PATCH ${BACKEND}`]: change,
    [`DELETE ${BACKEND}`]: remove,
    "DELETE /api/v1/overrides/{pool}/{backend}": (call) => {
      poolOf(call).restore(nameIn(call), actorOf(call));
      return empty();
    },
  };
}

/** What stands in overrides and audit lines. */
export function actorOf({ actor, client }: Call): Exclude<Actor, string> {
  return { by: actor ?? "api", client };
}

function nameIn({ parameters }: Call): string {
  return parameters["backend"] ?? "";
}

/** @throws LbError `LB_UNKNOWN_BACKEND` */
function statusOf(pool: PoolHandle, name: string): BackendStatus {
  const backends = pool.backends();
  const backend = backends.find((each) => each.name === name);
  if (backend !== undefined) return backend;
  const known = backends.map((each) => each.name).join(", ") || "none";
  throw new LbError("LB_UNKNOWN_BACKEND", `pool "${pool.name}" has no backend "${name}"; it has: ${known}`);
}

function answerOf(pool: PoolHandle, name: string): BackendAnswer {
  const backend = statusOf(pool, name);
  return { pool: pool.name, backend, left: backend.active };
}

/** Sessions of a backend, also of one that was removed. */
function sessionsOf(balancer: Balancer, backend: string): number {
  let count = 0;
  let cursor: string | null | undefined;
  for (let page = 0; page < MOST_COUNTED_PAGES && cursor !== null; page++) {
    const found = balancer.sessions({ backend, limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    count += found.items.length;
    ({ cursor } = found);
  }
  return count;
}

/** @throws LbError `LB_CONFIG` with what is wrong with it. */
function isBackendOptions(body: unknown): body is string | BackendOptions {
  resolveBackend(body, "body");
  return true;
}

function tooManyWait(): Reply {
  return problem(503, "too many requests wait already; leave ?wait out, and ask again later", {
    headers: { "retry-after": "10" },
  });
}
