// A balancer with real workers, on real sockets and the system's clock, whose workers a test can kill.

import { systemClock, systemRandom } from "../../src/clock.ts";
import type { BalancerOptions, PoolOptions, TransportName } from "../../src/config/options.ts";
import { type Balancer, createBalancerIn } from "../../src/control/balancer.ts";
import { thisMachine } from "../../src/control/machine.ts";
import { spawnThread, type Thread } from "../../src/control/thread.ts";
import type { SessionRecord } from "../../src/session/record.ts";
import type { ToWorker } from "../../src/worker/message.ts";
import { withDeadline } from "../support/deadline.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { visit } from "./visit.ts";

export interface Crew extends AsyncDisposable {
  readonly balancer: Balancer;
  /** Of the first listener. */
  readonly port: number;
  /** Records so far. */
  readonly sessions: readonly SessionRecord[];
  readonly connect: () => Promise<Peer>;
  /** A session that is relayed: its first bytes have come back. */
  readonly converse: () => Promise<Peer>;
  readonly visit: () => Promise<void>;
  /** Ends a worker by a bug, as far as it can tell. */
  readonly kill: (worker: number) => void;
  /** How many threads have been started so far. */
  readonly spawned: number;
}

/** Why workers on that transport can't be had here; false where they can. */
export function withoutWorkers(transport: TransportName): string | false {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (transport === "net") return major > 22 || (major === 22 && minor >= 12) ? false : "needs Node 22.12";
  return (process.arch === "x64" ? thisMachine.whyNotLinux() : "this is not x64") ?? false;
}

/** Two workers, one listener, one pool. Started, with every session's record. */
export async function startCrew(
  transport: TransportName,
  backends: PoolOptions["backends"],
  more: Partial<BalancerOptions> = {},
  pool: Partial<PoolOptions> = {},
): Promise<Crew> {
  const threads: (Thread | undefined)[] = [];
  const sessions: SessionRecord[] = [];
  let spawned = 0;
  const balancer = createBalancerIn(
    {
      clock: systemClock,
      random: systemRandom,
      spawn(assignment, handler) {
        const thread = spawnThread(assignment, handler);
        threads[assignment.worker] = thread;
        spawned++;
        return thread;
      },
    },
    {
      listeners: { web: { listen: "127.0.0.1:0" } },
      pools: { web: { probe: "off", ...pool, backends } },
      workers: 2,
      transport,
      ...more,
    },
  );
  balancer.on("session", (record) => sessions.push(record));
  try {
    await balancer.start();
  } catch (error) {
    await balancer.close();
    throw error;
  }
  const port = balancer.addresses()[0]?.port ?? 0;

  async function connect(): Promise<Peer> {
    return connectPeer({ port });
  }

  return {
    balancer,
    port,
    sessions,
    connect,
    async converse() {
      const client = await connect();
      await client.send("word");
      await client.received(4);
      return client;
    },
    visit: () => visit(port),
    kill(worker) {
      // No control plane posts that, and a worker can't go on from it.
      const nonsense: unknown = { kind: "apply", snapshot: null };
      if (isMessage(nonsense)) threads[worker]?.post(nonsense);
      // Whoever waits for events is woken by the next message that goes through the control plane.
      void balancer.closeSessions({ backend: "nobody/nobody" });
    },
    get spawned() {
      return spawned;
    },
    async [Symbol.asyncDispose]() {
      balancer.destroy();
      await balancer.close();
    },
  };
}

/** Resolves when it holds; looks every few milliseconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  let isOver = false;
  const held = new Promise<void>((resolve) => {
    const look = (): void => {
      if (holds()) resolve();
      else if (!isOver) systemClock.setTimer(look, 5);
    };
    look();
  });
  await withDeadline(held, () => what).finally(() => {
    isOver = true;
  });
}

function isMessage(_value: unknown): _value is ToWorker {
  return true;
}
