// From a configuration to the parts of a balancer, joined and not yet started.

import { BackendTable } from "../backend/table.ts";
import type { Clock, Random } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Lookup } from "../config/options.ts";
import { systemLookup } from "../discovery/lookup.ts";
import { createNames } from "../discovery/names.ts";
import { type AuditEvent, type BackendEvent, createEvents, type Events } from "../observe/events.ts";
import { isoTime } from "../observe/iso-time.ts";
import { createWebhook, type Webhook } from "../observe/webhook.ts";
import { createProber } from "../probe/prober.ts";
import { Admission } from "../session/admission.ts";
import { Totals } from "../session/totals.ts";
import { Addresses } from "./addresses.ts";
import { logAuditEvent } from "./audit-log.ts";
import { logBackendEvent } from "./backend-log.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import { createDataPlane } from "./carriage.ts";
import { ClientTables } from "./client-tables.ts";
import type { DataPlane } from "./data-plane.ts";
import { DepartedBackends } from "./departed.ts";
import { Departures } from "./departures.ts";
import { descriptorLimit } from "./descriptors.ts";
import { type InheritedSocket, InheritedSockets } from "./inherited-sockets.ts";
import { createJournal, type Journal } from "./journal.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { type Placement, place } from "./placement.ts";
import { createReports, type Reports } from "./reports.ts";
import { Roster } from "./roster.ts";
import { Rows } from "./rows.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Spawn } from "./thread.ts";

/** What tests replace. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  /** Default: this one. */
  readonly machine?: Machine;
  /** Default: real threads. */
  readonly spawn?: Spawn;
  /** Descriptors that the program may have open beside the balancer, and knows of. Default 0. */
  readonly besideDescriptors?: number;
  /** Listening sockets that this process was started with. Default: none. */
  readonly inherited?: readonly InheritedSocket[];
}

/** The parts that others need. */
export interface Assembly {
  readonly clock: Clock;
  readonly placement: Placement;
  readonly capacity: Capacity;
  /** Distinguishes the session ids of this process from those of others. */
  readonly instance: string;
  readonly journal: Journal;
  readonly events: Events;
  readonly webhook: Webhook;
  readonly admission: Admission;
  readonly reports: Reports;
  readonly rows: Rows;
  readonly departed: DepartedBackends;
  readonly dataPlane: DataPlane;
  readonly roster: Roster;
  readonly addresses: Addresses;
  readonly departures: Departures;
  /** Writes an audit line, and tells whoever listens. */
  readonly audit: (event: Omit<AuditEvent, "at">) => void;
  /** Gives the data plane a new snapshot. */
  readonly publish: () => void;
}

/**
 * Makes the parts and joins them.
 * @throws LbError `LB_LOG_OUTPUT`, `LB_TRANSPORT`
 */
export function assemble(world: World, config: Config): Assembly {
  const { clock, random } = world;
  const placement = place(config, world.machine ?? thisMachine);
  const journal = createJournal(config.log, clock);
  const { log } = journal;
  const events = createEvents();
  const announce = (event: Omit<BackendEvent, "at">): void => {
    logBackendEvent(log, event);
    const timed = { ...event, at: isoTime(clock.wallMs()) };
    webhook.tell(timed);
    events.emit("backend", timed);
  };
  const audit = (event: Omit<AuditEvent, "at">): void => {
    logAuditEvent(log, event);
    events.emit("audit", { ...event, at: isoTime(clock.wallMs()) });
  };

  const workers = Math.max(1, placement.workers);
  const capacity = capacityOf(config.maxConnections, descriptorLimit(), workers, world.besideDescriptors);
  const instance = Math.floor(random() * 36 ** 6).toString(36);
  const webhook = createWebhook({ clock, random, log, instance, config: () => roster.config.webhook });
  const table = new BackendTable();
  const admission = new Admission(capacity.sessions);
  const clientTables = new ClientTables(random);
  const reports = createReports({ clock, journal, events, announce, poolOf: (name) => roster.pool(name) });
  const rows: Rows = new Rows(table, () => dataPlane.acknowledgedVersion);
  const { dataPlane, counters } = createDataPlane(world, {
    config,
    placement,
    capacity,
    instance,
    table,
    admission,
    journal,
    events,
    reports,
    rows,
    clientTables,
    linesOf: () => roster.lines(),
    listenerOf: (slot) => roster.listenerOf(slot),
    policyOf: (pool) => roster.pool(pool)?.config.policy,
  });
  const totals = new Totals(counters);

  let version = 0;
  const publish = (): void => {
    version++;
    dataPlane.apply(roster.snapshot(version));
  };
  const lookup: Lookup = (name) => (roster.config.lookup ?? systemLookup)(name);
  const departed = new DepartedBackends(clock);
  const surroundings: Surroundings = {
    clock,
    departed,
    table,
    rows,
    clientTables,
    prober: createProber(clock, random, capacity.probes),
    names: createNames(clock, lookup),
    log,
    countsOf: (row) => totals.row(row),
    nextVersion: () => version + 1,
    publish,
    announce,
    evict: (end, rows) => void dataPlane.abort(end, { kind: "evicted", rows }),
    audit,
  };
  const roster: Roster = new Roster(config, totals, surroundings);

  return {
    clock,
    placement,
    capacity,
    instance,
    journal,
    events,
    webhook,
    admission,
    reports,
    rows,
    departed,
    dataPlane,
    roster,
    addresses: new Addresses({ clock, log, dataPlane, lookup, inherited: new InheritedSockets(world.inherited) }),
    departures: new Departures({ clock, log, roster, admission, dataPlane, publish }),
    audit,
    publish,
  };
}
