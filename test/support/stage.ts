// A data plane with everything around it that is its own: backends by script, clients, time, and what it reports.

import assert from "node:assert/strict";
import { isUsable } from "../../src/backend/ejection.ts";
import type { PoolSnapshot } from "../../src/backend/pool.ts";
import { ejectionOf } from "../../src/backend/state.ts";
import { BackendTable, NO_LIMIT, TABLE_ROWS } from "../../src/backend/table.ts";
import type { Candidates, Policy } from "../../src/balance/policy.ts";
import type { Random } from "../../src/clock.ts";
import { Admission } from "../../src/session/admission.ts";
import type { ListenerSnapshot } from "../../src/session/context.ts";
import { Counters } from "../../src/session/counters.ts";
import type { EndReason } from "../../src/session/end.ts";
import type { SessionRecord } from "../../src/session/record.ts";
import { SessionTable } from "../../src/session/session-table.ts";
import { TICK_MS } from "../../src/session/wheel.ts";
import type { SocketAddress } from "../../src/wire/address.ts";
import { Plane, type PlaneReports, type Snapshot } from "../../src/worker/plane.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import type { ClientAddress } from "./memory-listener.ts";
import type { MemoryPeer } from "./memory-peer.ts";
import type { MemoryServer } from "./memory-server.ts";
import { MemoryTransport } from "./memory-transport.ts";
import { seededRandom } from "./random.ts";
import { backendAddress, listenerSnapshot, poolSnapshot } from "./snapshots.ts";

export interface StageOptions {
  /** How many backends the pool has; default 1. */
  readonly backendCount?: number;
  readonly listener?: Partial<ListenerSnapshot>;
  readonly pool?: Partial<PoolSnapshot>;
  /** Further pools, each by its name and with the next backend as its only one. */
  readonly pools?: Readonly<Record<string, Partial<PoolSnapshot>>>;
  /** Sessions at once in the process; default 1,000. */
  readonly limit?: number;
  /** Sessions at once on each backend; default none. */
  readonly backendLimit?: number;
  /** Default: the first candidate, so that a test knows who is next. */
  readonly policy?: Policy;
  /** Default: seeded. */
  readonly random?: Random;
  /** Told of each policy that the plane asks for. */
  readonly onPolicy?: (name: string) => void;
  /** Instead of noting what is reported. */
  readonly reports?: Partial<PlaneReports>;
}

export interface Stage {
  readonly clock: FakeClock;
  readonly transport: MemoryTransport;
  readonly table: BackendTable;
  readonly counters: Counters;
  readonly admission: Admission;
  readonly sessions: SessionTable;
  readonly plane: Plane;
  readonly snapshot: Snapshot;
  /** Backends by row. */
  readonly servers: readonly MemoryServer[];
  /** What sessions have left behind, in the order in which they ended. */
  readonly records: readonly SessionRecord[];
  /** What else was reported, a line each. */
  readonly reported: readonly string[];
  /** A client that waits to be accepted. */
  connect(from?: Partial<ClientAddress>): MemoryPeer;
  /** A client that has been accepted, and whose session has done all it can for now. */
  client(): MemoryPeer;
  server(row: number): MemoryServer;
  /** The last peer that a backend has accepted. */
  peer(row?: number): MemoryPeer;
  settle(): void;
  /** Lets time pass, and lets everybody act after each tick. */
  pass(ms: number): void;
  /** Puts another snapshot in force. */
  apply(change: Partial<Snapshot>): void;
  /** The record of the only session there was. */
  record(): SessionRecord;
  end(): EndReason;
  /** Fails unless every session has ended and nothing of any is left. */
  assertNothingLeft(): void;
}

const LISTEN: SocketAddress = { kind: "ip", ip: "127.0.0.1", port: 80 };

/** Picks the candidate with the lowest row. */
export const firstCandidate: Policy = {
  usesKey: false,
  arrange: () => {},
  pick: ({ ids, count }: Candidates) => (count === 0 ? -1 : (ids[0] ?? -1)),
};

export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const { backendCount = 1, limit = 1_000, backendLimit = NO_LIMIT, policy = firstCandidate } = options;
  // Not at a tick, so that nothing is due at one by chance.
  const clock = createFakeClock({ nowMs: 12_345 });
  const transport = new MemoryTransport(clock);
  const table = new BackendTable();
  const counters = new Counters(TABLE_ROWS);
  const admission = new Admission(limit);
  const sessions = new SessionTable(limit);
  const records: SessionRecord[] = [];
  const reported: string[] = [];
  const mainRows = Array.from({ length: backendCount }, (_, row) => row);
  const others = Object.entries(options.pools ?? {}).map(([name, pool], index) => ({
    row: backendCount + index,
    pool: poolSnapshot([backendCount + index], { name, counterSlot: 1 + index, ...pool }),
  }));
  const rows = [...mainRows, ...others.map(({ row }) => row)];
  for (const row of rows) table.open(row, 1, backendLimit);
  const servers = rows.map((row) => transport.serve(backendAddress(row)));
  let snapshot: Snapshot = {
    version: 1,
    listeners: [listenerSnapshot(options.listener)],
    pools: [poolSnapshot(mainRows, options.pool), ...others.map(({ pool }) => pool)],
  };

  let isRung = false;
  function settle(): void {
    transport.settle();
    while (isRung) {
      isRung = false;
      plane.serveQueues();
      transport.settle();
    }
  }

  const plane: Plane = new Plane({
    ring() {
      isRung = true;
    },
    worker: 0,
    instance: "test",
    transport,
    clock,
    random: options.random ?? seededRandom(1),
    table,
    counters,
    admission,
    sessions,
    reports: {
      wantsRecord: () => true,
      recorded: (record) => records.push(record),
      progressIntervalMs: Number.POSITIVE_INFINITY,
      progressed: ({ id }) => reported.push(`progress: ${id}`),
      selected: undefined,
      dialFailed: ({ identity }) => reported.push(`dial failed: ${identity}`),
      ejected: ({ identity }, _pool, error) => reported.push(`ejected: ${identity}: ${error}`),
      returned: ({ identity }) => reported.push(`returned: ${identity}`),
      tableFull: (listener) => reported.push(`table full: ${listener}`),
      shortOf: (code) => reported.push(`short of: ${code}`),
      failedInternally: (error) => reported.push(`internal: ${error instanceof Error ? error.message : "?"}`),
      acceptFailed: (listener, code) => reported.push(`accept failed: ${listener}: ${code}`),
      ...options.reports,
    },
    createPolicy(pool) {
      options.onPolicy?.(pool.policy);
      return policy;
    },
  });
  plane.apply(snapshot);
  const front = await plane.listen(0, "front", LISTEN);

  const stage: Stage = {
    clock,
    transport,
    table,
    counters,
    admission,
    sessions,
    plane,
    get snapshot() {
      return snapshot;
    },
    servers,
    records,
    reported,
    connect: (from) => transport.connect(front, from),
    client() {
      const client = transport.connect(front);
      settle();
      return client;
    },
    server(row) {
      const server = servers[row];
      if (server === undefined) throw new Error(`no backend has row ${row}`);
      return server;
    },
    peer: (row = 0) => stage.server(row).peer,
    settle,
    pass(ms) {
      const untilMs = clock.nowMs() + ms;
      while (clock.nowMs() < untilMs) {
        const toTickMs = TICK_MS - (clock.nowMs() % TICK_MS);
        clock.advance(Math.min(toTickMs, untilMs - clock.nowMs()));
        settle();
      }
    },
    apply(change) {
      snapshot = { ...snapshot, version: snapshot.version + 1, ...change };
      plane.apply(snapshot);
    },
    record() {
      const [record] = records;
      assert.equal(records.length, 1, "exactly one session has ended");
      if (record === undefined) throw new Error("unreachable: there is one");
      return record;
    },
    end: () => stage.record().end,
    assertNothingLeft() {
      assert.equal(plane.sessionCount, 0, "sessions");
      assert.equal(transport.openCount, 0, "open connections, dials and relays");
      assert.equal(plane.wheel.size, 0, "armed sessions");
      assert.equal(clock.pendingTimers, 0, "timers");
      assert.equal(admission.processActive, 0, "sessions counted in the process");
      assert.deepEqual([...sessions.entries()], [], "sessions in the table");
      for (const { slot, name } of snapshot.listeners) assert.equal(admission.listenerActive(slot), 0, name);
      for (const row of rows) {
        assert.equal(table.active[row], 0, `sessions counted on b${row}`);
        assert.equal(table.suspects[row], 0, `suspect dials of b${row}`);
        assert.notEqual(ejectionOf(table.state[row] ?? 0), "trial", `a trial dial of b${row}`);
      }
    },
  };
  return stage;
}

/** A stage with one session that is relayed. */
export async function createRelaying(
  options: StageOptions = {},
): Promise<{ readonly stage: Stage; readonly client: MemoryPeer; readonly backend: MemoryPeer }> {
  const stage = await createStage(options);
  const client = stage.client();
  return { stage, client, backend: stage.peer() };
}

/** Rows that a new session could be given, limits aside. */
export function usableRows({ table, clock, servers }: Stage): number[] {
  return servers.flatMap((_, row) => (isUsable(table, row, clock.nowMs()) ? [row] : []));
}
