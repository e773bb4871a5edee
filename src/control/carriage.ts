// From a placement to what carries the sessions: the parts of a plane in this thread, or of a fleet.

import { type BackendTable, TABLE_ROWS } from "../backend/table.ts";
import type { Config, PoolConfig } from "../config/config.ts";
import type { Events } from "../observe/events.ts";
import type { Admission } from "../session/admission.ts";
import { Counters } from "../session/counters.ts";
import { SessionTable } from "../session/session-table.ts";
import { createNetTransport } from "../transport/net/transport.ts";
import { Heart } from "../worker/heart.ts";
import type { Report } from "../worker/message.ts";
import { Plane } from "../worker/plane.ts";
import { Pulse } from "../worker/pulse.ts";
import type { World } from "./assembly.ts";
import type { Capacity } from "./capacity.ts";
import type { DataPlane } from "./data-plane.ts";
import { type Heirs, settleEstate } from "./estate.ts";
import { createFleet } from "./fleet.ts";
import { FleetWorker } from "./fleet-worker.ts";
import { createHearing } from "./hearing.ts";
import { createInThread } from "./in-thread.ts";
import type { Journal } from "./journal.ts";
import type { Placement } from "./placement.ts";
import { createPolicyOf } from "./policy-of.ts";
import type { Reports } from "./reports.ts";
import type { Rows } from "./rows.ts";
import { spawnThread } from "./thread.ts";
import { createWorkerState } from "./worker-state.ts";

/** What a data plane is made of, and what it reports to. */
export interface CarriageParts {
  readonly config: Config;
  readonly placement: Placement;
  readonly capacity: Capacity;
  readonly instance: string;
  readonly table: BackendTable;
  readonly admission: Admission;
  readonly journal: Journal;
  readonly events: Events;
  readonly reports: Reports;
  readonly rows: Rows;
  readonly clientTables: Heirs["clientTables"];
  readonly linesOf: Heirs["linesOf"];
  readonly listenerOf: Heirs["listenerOf"];
  /** How a pool picks now. */
  readonly policyOf: (pool: string) => PoolConfig["policy"] | undefined;
}

/** A data plane, and what it counts: the counters of each worker. */
export interface Carriage {
  readonly dataPlane: DataPlane;
  readonly counters: readonly Counters[];
}

/** Makes the data plane that the placement asks for. It is not started. */
export function createDataPlane(world: World, parts: CarriageParts): Carriage {
  return parts.placement.workers === 0 ? inThread(world, parts) : fleet(world, parts);
}

function inThread({ clock, random }: World, parts: CarriageParts): Carriage {
  const { capacity, instance, table, admission, reports, policyOf } = parts;
  const counters = new Counters(TABLE_ROWS);
  const sessions = new SessionTable(capacity.sessions);
  const pulse = new Pulse();
  const heart = new Heart(clock, pulse);
  const plane = new Plane({
    worker: 0,
    instance,
    transport: createNetTransport(clock),
    clock,
    random,
    table,
    counters,
    admission,
    sessions,
    reports,
    onTick: (lateMs) => heart.late(lateMs),
    createPolicy: createPolicyOf(policyOf, random),
  });
  return { dataPlane: createInThread(plane, sessions, heart, pulse), counters: [counters] };
}

function fleet({ clock, spawn = spawnThread }: World, parts: CarriageParts): Carriage {
  const { config, placement, capacity, instance, table, admission, journal, events, reports, rows } = parts;
  const { transport } = placement;
  const heirs: Heirs = {
    clock,
    instance,
    table,
    admission,
    listenerOf: parts.listenerOf,
    clientTables: parts.clientTables,
    linesOf: parts.linesOf,
    reports,
    ownerOf: (row, generation) => rows.ownerOf(row, generation),
  };
  const common = { instance, transport, sessionLimit: capacity.sessions, log: config.log };
  const states = Array.from({ length: placement.workers }, () =>
    createWorkerState({
      table,
      admission,
      sessionLimit: capacity.sessions,
      descriptorLimit: capacity.descriptors,
    }),
  );
  for (const { words } of states) words.logLevel = config.log?.level ?? "silent";
  const drains = states.map(({ ring }) => journal.follow(ring));
  const dataPlane = createFleet({
    clock,
    log: journal.log,
    admission,
    transport,
    process,
    workers: (onDied) =>
      states.map((state, worker) => {
        const hear = createHearing(reports, () => drains[worker]?.());
        const onReport = (report: Report): void => {
          hear(report);
          // Whoever wanted one record has it.
          if (report.kind === "record") state.words.wantsRecords = events.hasListeners("session");
        };
        return new FleetWorker(worker, state, common, spawn, {
          clock,
          onReport,
          onDied: (cause) => onDied(worker, cause),
        });
      }),
    settle({ worker, state }, cause) {
      if (transport === "linux") state.descriptors.closeAll();
      // It may have died between claiming to tell and telling.
      drains[worker]?.();
      return settleEstate(worker, state, cause, heirs);
    },
    onGivenUp: (error) => events.emit("failed", error),
  });
  return { dataPlane, counters: states.map(({ counters }) => counters) };
}
