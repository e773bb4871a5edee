import { PoolQueue, type Waiter } from "../../src/backend/queue.ts";
import { createWaiterMemory } from "../../src/backend/waiters.ts";
import { ClientTable, createClientMemory } from "../../src/session/client-table.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

const CLIENTS = 100_000;
const LASTING = 4_096;
const WAITING = 1_000;

/** What a session costs where its client is counted, and where it has to wait. */
export function measureLimits(): Costs {
  return {
    "client of 100,000, enter and leave": measureClients(),
    "queue of 1,000, enter, wake, take and leave": measureQueue(),
  };
}

function measureClients(): number {
  const memory = createClientMemory(CLIENTS, 7);
  const limits = { maxConnections: 50, ratePerSecond: 1_000_000, burst: 1_000_000, ipv6Prefix: 64 };
  const table = new ClientTable({ id: 1, memory, ...limits }, 0);
  const ips = Array.from({ length: CLIENTS }, (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
  const lasting = new Int32Array(LASTING).fill(-1);
  return nanosecondsEach((index) => {
    const place = index % LASTING;
    table.leave(lasting[place] ?? -1);
    lasting[place] = table.enter(ips[(index * 7) % CLIENTS] ?? "", 1_000 + index / 1_000);
  });
}

/** One leaves and another comes: the first of those who wait takes the place. */
function measureQueue(): number {
  const snapshot = { memory: createWaiterMemory(2 * WAITING), limit: 2 * WAITING, timeoutMs: 5_000 };
  const queue = new PoolQueue(snapshot, 0, () => {});
  let places = 0;
  const free = (): number => places;
  class Client implements Waiter {
    readonly tried: readonly number[] = [];
    readonly #slot = queue.enter(this);

    takePlace(): boolean {
      places--;
      queue.leave(this.#slot);
      return true;
    }

    onDissolved(): void {}
  }
  const come = (): Client => new Client();
  for (let waiting = 0; waiting < WAITING; waiting++) come();
  return nanosecondsEach(() => {
    come();
    places++;
    queue.wakeNext();
    queue.serve(free);
  });
}
