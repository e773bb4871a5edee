// From a configuration to the parts of a balancer, joined and not yet started.

import { BackendTable, TABLE_ROWS } from "../backend/table.ts";
import type { Clock, Random } from "../clock.ts";
import type { Config, ListenerConfig } from "../config/config.ts";
import type { Lookup } from "../config/options.ts";
import { systemLookup } from "../discovery/lookup.ts";
import { createNames } from "../discovery/names.ts";
import { type BackendEvent, createEvents, type Events } from "../observe/events.ts";
import { isoTime } from "../observe/iso-time.ts";
import { createProber } from "../probe/prober.ts";
import { Admission } from "../session/admission.ts";
import type { ListenerSnapshot } from "../session/context.ts";
import { Counters } from "../session/counters.ts";
import { createNetTransport } from "../transport/net/transport.ts";
import { Plane } from "../worker/plane.ts";
import { logBackendEvent } from "./backend-log.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import { descriptorLimit } from "./descriptors.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createPolicyOf } from "./policy-of.ts";
import { ControlPool } from "./pool.ts";
import { createReports, type Reports } from "./reports.ts";
import { Rows } from "./rows.ts";
import type { Surroundings } from "./surroundings.ts";

/** What tests replace. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
}

/** The parts that others need. */
export interface Assembly {
  readonly clock: Clock;
  readonly config: Config;
  readonly capacity: Capacity;
  readonly lookup: Lookup;
  readonly journal: Journal;
  readonly events: Events;
  readonly counters: Counters;
  readonly admission: Admission;
  readonly reports: Reports;
  readonly plane: Plane;
  readonly listeners: readonly ListenerSnapshot[];
  /** In the order of their counters. */
  readonly pools: ReadonlyMap<string, ControlPool>;
  /** Gives the data plane a new snapshot. */
  readonly publish: () => void;
}

const WORKERS = 1;

/**
 * Makes the parts and joins them.
 * @throws LbError `LB_LOG_OUTPUT`
 */
export function assemble({ clock, random }: World, config: Config): Assembly {
  const journal = createJournal(config.log, clock);
  const { log } = journal;
  const events = createEvents();
  const announce = (event: Omit<BackendEvent, "at">): void => {
    logBackendEvent(log, event);
    events.emit("backend", { ...event, at: isoTime(clock.wallMs()) });
  };

  const capacity = capacityOf(config.maxConnections, descriptorLimit(), WORKERS);
  const table = new BackendTable();
  const counters = new Counters(TABLE_ROWS);
  const admission = new Admission(capacity.sessions);
  const pools = new Map<string, ControlPool>();
  const reports = createReports({ clock, journal, events, announce, poolOf: (name) => pools.get(name) });
  const plane = new Plane({
    worker: 0,
    instance: Math.floor(random() * 36 ** 6).toString(36),
    transport: createNetTransport(clock),
    clock,
    table,
    counters,
    admission,
    reports,
    createPolicy: createPolicyOf(config.pools, random),
  });

  const listeners = config.listeners.map(listenerSnapshot);
  let version = 0;
  const publish = (): void => {
    version++;
    plane.apply({ version, listeners, pools: [...pools.values()].map((pool) => pool.snapshot()) });
  };
  const lookup = config.lookup ?? systemLookup;
  const surroundings: Surroundings = {
    clock,
    table,
    rows: new Rows(table, () => plane.version),
    prober: createProber(clock, random, capacity.probes),
    names: createNames(clock, lookup),
    log,
    countsOf: (row) => counters.row(row),
    nextVersion: () => version + 1,
    publish,
    announce,
  };
  for (const [slot, pool] of config.pools.entries()) pools.set(pool.name, new ControlPool(pool, slot, surroundings));

  return {
    clock,
    config,
    capacity,
    lookup,
    journal,
    events,
    counters,
    admission,
    reports,
    plane,
    listeners,
    pools,
    publish,
  };
}

function listenerSnapshot(listener: ListenerConfig, slot: number): ListenerSnapshot {
  const { name, pool, dial, idleTimeoutMs, halfCloseTimeoutMs, maxLifetimeMs, backlog, tcpKeepaliveMs } = listener;
  return {
    name,
    pool,
    dial,
    idleTimeoutMs,
    halfCloseTimeoutMs,
    maxLifetimeMs,
    backlog,
    keepaliveMs: tcpKeepaliveMs,
    slot,
    lane: slot,
  };
}
