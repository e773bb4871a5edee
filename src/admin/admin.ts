// The admin address: health, metrics, runtime control, dashboard.

import { type Clock, systemClock } from "../clock.ts";
import type { AdminOptions } from "../config/admin-options.ts";
import { resolveAdmin } from "../config/resolve.ts";
import type { Balancer } from "../control/balancer.ts";
import { descriptorLimit } from "../control/descriptors.ts";
import type { ReloadReport } from "../control/reload-report.ts";
import { LbError } from "../errors.ts";
import { packageVersion } from "../observe/version.ts";
import { Authority } from "./authority.ts";
import { backendHandlers } from "./backend-handlers.ts";
import type { Handler } from "./call.ts";
import { Doors } from "./doors.ts";
import { EventStream } from "./event-stream.ts";
import { type Endpoint, exchange } from "./exchange.ts";
import { healthHandlers } from "./health-handlers.ts";
import { HistoryRecord } from "./history.ts";
import { loginHandlers } from "./login-handlers.ts";
import { Logins } from "./logins.ts";
import { createMetrics, type Metrics } from "./metrics/metrics.ts";
import { nameOf, operations } from "./operations.ts";
import { pageHandlers } from "./page-handlers.ts";
import { processHandlers } from "./process-handlers.ts";
import { readingHandlers } from "./reading-handlers.ts";
import { bytes } from "./reply.ts";
import { Router } from "./router.ts";
import { sessionHandlers } from "./session-handlers.ts";
import { Throttle } from "./throttle.ts";
import { createTicker } from "./ticker.ts";
import { TokenFile } from "./token.ts";
import { Turns } from "./turns.ts";
import { createView } from "./view.ts";
import { Visitors, visitorLimit } from "./visitors.ts";
import { Waiting } from "./waiting.ts";

/** What only the program can do, and not the balancer alone; what is left out is answered 501. */
export interface AdminActions {
  /** Reads the configuration anew. @throws LbError `LB_CONFIG` with all problems. */
  reload?(): Promise<ReloadReport>;
  /** Stops accepting, waits for the sessions, and ends the program: as SIGUSR1. */
  drain?(): void;
  /** As SIGTERM. */
  shutdown?(): void;
  /** The configuration in force, as a file has it. */
  configuration?(): unknown;
}

/** Listens beside a balancer and outlives its close, so that who asks is told about it. */
export interface Admin {
  /** `ip:port` or `unix:/path`, with the port that 0 became; empty before `start`. */
  readonly addresses: readonly string[];
  /** @throws LbError `LB_ADDRESS_IN_USE`, `LB_PRIVILEGE`, `LB_ADDRESS_UNKNOWN`, `LB_LISTEN`, `LB_ADMIN_TOKEN`; `LB_CLOSED` the second time, and after `close` */
  start(): Promise<void>;
  /** Frees the addresses and ends what is open there. Idempotent. */
  close(): Promise<void>;
}

/** Of what lasts, streams of events and requests that wait, there may be so many: others must get through. */
const MOST_LASTING = 16;

/**
 * Makes the admin address of a balancer. Nothing happens before `start`; who starts it before the balancer is told that that is not ready yet.
 *
 * @throws LbError `LB_CONFIG` with every problem of the options
 */
export function createAdmin(balancer: Balancer, options: AdminOptions, actions: AdminActions = {}): Admin {
  return createAdminIn(systemClock, balancer, options, actions);
}

/** The same with another clock. */
export function createAdminIn(
  clock: Clock,
  balancer: Balancer,
  options: AdminOptions,
  actions: AdminActions = {},
): Admin {
  const config = resolveAdmin(options);
  const token = config.tokenFile === undefined ? undefined : new TokenFile(config.tokenFile);
  const logins = new Logins(clock);
  const authority = new Authority({ config, token, logins, throttle: new Throttle(clock) });
  const view = createView(balancer, config, clock);
  const history = new HistoryRecord();
  const limit = visitorLimit(descriptorLimit());
  const stream = new EventStream(Math.min(MOST_LASTING, limit / 4));
  const waiting = new Waiting(clock, Math.min(MOST_LASTING, limit / 4));
  const ticker = createTicker({ balancer, clock, view, history, stream });
  const visitors = new Visitors(limit);
  const turns = new Turns();
  const doors: Doors = new Doors(
    (request, response) => turns.take({ request, response, begin: () => void exchange(parts, request, response) }),
    visitors,
  );
  const router = new Router(
    endpoints({
      ...healthHandlers(balancer, config),
      ...pageHandlers(config.dashboard),
      "GET /metrics": async () => {
        metrics ??= createMetrics(balancer, { version: packageVersion(), clock });
        return bytes(await metrics.text(), metrics.contentType);
      },
      ...readingHandlers({ balancer, view, stream, history, authority, doors, actions }),
      ...backendHandlers(balancer, waiting),
      ...sessionHandlers(balancer),
      ...processHandlers(balancer, view, actions),
      ...loginHandlers({ balancer, dashboard: config.dashboard, authority, logins, doors }),
    }),
  );
  const parts = { router, authority, visitors, entranceOf: doors.entranceOf.bind(doors) };
  let metrics: Metrics | undefined;
  let state: "new" | "started" | "closed" = "new";
  return {
    get addresses() {
      return doors.addresses;
    },
    async start() {
      if (state !== "new") throw new LbError("LB_CLOSED", "start: only once, and not after close; make another one");
      state = "started";
      token?.check();
      await doors.open(config.listen);
      ticker.start();
    },
    close() {
      state = "closed";
      ticker.close();
      stream.close();
      metrics?.close();
      return doors.close();
    },
  };
}

/** Each operation with what handles it. */
function endpoints(handlers: Readonly<Record<string, Handler>>): readonly Endpoint[] {
  return operations.map((operation) => {
    const handle = handlers[nameOf(operation)];
    if (handle === undefined) throw new Error(`nothing handles ${nameOf(operation)}`);
    return { ...operation, handle };
  });
}
