// A balancer on real loopback sockets, on a clock that the test moves.

import type { BalancerOptions, PoolOptions } from "../../src/config/options.ts";
import { type Balancer, createBalancerIn } from "../../src/control/balancer.ts";
import type { EventMap, EventName } from "../../src/observe/events.ts";
import { withDeadline } from "../support/deadline.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { seededRandom } from "../support/random.ts";
import { visit, visitInVain } from "./visit.ts";

export interface Loopback extends AsyncDisposable {
  readonly balancer: Balancer;
  readonly clock: FakeClock;
  /** Of the first listener, once it has been started. */
  readonly port: number;
  /** Everything announced so far. */
  readonly backendEvents: readonly EventMap["backend"][];
  readonly sessions: readonly EventMap["session"][];
  /** The first event for which `test` holds, past or to come. Gives up in the end (deadline.ts). */
  readonly backendEvent: (test: (event: EventMap["backend"]) => boolean) => Promise<EventMap["backend"]>;
  readonly session: (test: (record: EventMap["session"]) => boolean) => Promise<EventMap["session"]>;
  readonly connect: () => Promise<Peer>;
  /** A client that says something to an echo server, as it should be. */
  readonly visit: () => Promise<void>;
  /** A client that is turned away. */
  readonly visitInVain: () => Promise<void>;
}

/** The fake clock runs a timer of 0 ms after one. */
export const AT_ONCE_MS = 1;
/** The longest that an interval of 1 s becomes by jitter, and of 5 s. */
export const WITHIN_1_S_MS = 1_100;
export const WITHIN_5_S_MS = 5_500;

export const NO_PROBES: Pick<PoolOptions, "probe"> = { probe: "off" };

/** Options for one pool behind one listener on a free port. */
export function onePool(
  backends: PoolOptions["backends"],
  pool: Partial<PoolOptions> = {},
  more: Partial<BalancerOptions> = {},
): BalancerOptions {
  return {
    listeners: { web: { listen: "127.0.0.1:0" } },
    pools: { web: { ...NO_PROBES, ...pool, backends } },
    ...more,
  };
}

/** Not started yet. */
export function createLoopback(options: BalancerOptions): Loopback {
  const clock = createFakeClock();
  const balancer = createBalancerIn({ clock, random: seededRandom(1) }, options);
  const backends = keep(balancer, "backend");
  const sessions = keep(balancer, "session");
  const loopback: Loopback = {
    balancer,
    clock,
    get port() {
      return balancer.addresses()[0]?.port ?? 0;
    },
    backendEvents: backends.all,
    sessions: sessions.all,
    backendEvent: backends.first,
    session: sessions.first,
    connect: () => connectPeer({ port: loopback.port }),
    visit: () => visit(loopback.port),
    visitInVain: () => visitInVain(loopback.port),
    async [Symbol.asyncDispose]() {
      balancer.destroy();
      await balancer.close();
    },
  };
  return loopback;
}

/** Started, and all lookups answered. */
export async function startLoopback(options: BalancerOptions): Promise<Loopback> {
  const loopback = createLoopback(options);
  await loopback.balancer.start();
  return loopback;
}

interface Kept<Name extends EventName> {
  readonly all: readonly EventMap[Name][];
  readonly first: (test: (payload: EventMap[Name]) => boolean) => Promise<EventMap[Name]>;
}

function keep<Name extends EventName>(balancer: Balancer, name: Name): Kept<Name> {
  const all: EventMap[Name][] = [];
  balancer.on(name, (payload) => void all.push(payload));
  return {
    all,
    first(test) {
      const found = all.find(test);
      if (found !== undefined) return Promise.resolve(found);
      let check = (_payload: EventMap[Name]): void => {};
      const coming = new Promise<EventMap[Name]>((resolve) => {
        check = (payload) => {
          if (test(payload)) resolve(payload);
        };
        balancer.on(name, check);
      });
      const stop = (): void => balancer.off(name, check);
      return withDeadline(coming, () => `an event, after ${JSON.stringify(all)}`).finally(stop);
    },
  };
}
