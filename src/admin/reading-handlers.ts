// What can be read of the whole: status, listeners, pools, overrides, configuration, events.

import type { Balancer } from "../control/balancer.ts";
import { LbError } from "../errors.ts";
import type { AdminActions } from "./admin.ts";
import type { Authority } from "./authority.ts";
import type { Handler } from "./call.ts";
import type { Doors } from "./doors.ts";
import type { EventStream } from "./event-stream.ts";
import type { HistoryRecord } from "./history.ts";
import { openApiDocument } from "./openapi.ts";
import { pageOf } from "./paging.ts";
import { json, problem } from "./reply.ts";
import type { View } from "./view.ts";

export interface ReadingParts {
  readonly balancer: Balancer;
  readonly view: View;
  readonly stream: EventStream;
  readonly history: HistoryRecord;
  readonly authority: Authority;
  readonly doors: Pick<Doors, "entranceOf">;
  readonly actions: AdminActions;
}

export function readingHandlers(parts: ReadingParts): Readonly<Record<string, Handler>> {
  const { balancer, view, stream, history, authority, doors, actions } = parts;
  // Once: it is long, and always the same.
  const document = json(openApiDocument());
  return {
    "GET /api/v1/status": () => json(view.status()),
    "GET /api/v1/access": ({ request }) => json(authority.rights(doors.entranceOf(request), request.headers)),
    "GET /api/v1/openapi.json": () => document,
    "GET /api/v1/config": () =>
      actions.configuration === undefined
        ? problem(501, "what started this balancer can't say its configuration as a file")
        : json(actions.configuration()),
    "GET /api/v1/overrides": ({ query }) => json(pageOf(balancer.overrides(), query)),
    "GET /api/v1/listeners": ({ query }) => json(pageOf(view.listeners(), query)),
    "GET /api/v1/pools": ({ query }) => json(pageOf(balancer.stats().pools, query)),
    "GET /api/v1/pools/{pool}": ({ parameters }) => {
      const name = parameters["pool"] ?? "";
      const pool = balancer.stats().pools.find((each) => each.name === name);
      if (pool !== undefined) return json(pool);
      // It says which there are.
      balancer.pool(name);
      throw new LbError("LB_UNKNOWN_POOL", `there is no pool "${name}"`);
    },
    "GET /api/v1/events": () =>
      stream.admit(() => [
        ["history", history.read()],
        ["stats", view.overview()],
      ]),
  };
}
