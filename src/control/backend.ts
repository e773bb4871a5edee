// A backend as the control plane knows it: what was configured, what an operator wants, and an endpoint for each
// address that its name has now.

import type { BackendRow } from "../backend/pool.ts";
import type { AdministrativeState } from "../backend/state.ts";
import type { BackendConfig } from "../config/config.ts";
import type { NameWatch } from "../discovery/names.ts";
import { messageOf } from "../errors.ts";
import type { RowCounts } from "../session/counters.ts";
import { addCounts, ZERO_COUNTS } from "../session/row-counts.ts";
import { formatAddress, literalSocketAddress, type SocketAddress } from "../wire/address.ts";
import { DrainWatch } from "./drain-watch.ts";
import { Endpoint, type EndpointPool, type EndpointState, type EndpointStatus } from "./endpoint.ts";
import type { Override } from "./override.ts";
import { addProbes, NO_PROBES, type ProbeCounts, pastProbes } from "./probe-counts.ts";
import type { Surroundings } from "./surroundings.ts";

/** A backend now, with what it has counted so far. */
export interface BackendStatus extends RowCounts {
  readonly name: string;
  readonly weight: number;
  /** Less than that while it starts slowly; of several addresses the least. */
  readonly effectiveWeight: number;
  readonly backup: boolean;
  /** Sessions at once; null where there is no limit. */
  readonly maxConnections: number | null;
  /** The best of its addresses' states; `down` while it has none. */
  readonly state: EndpointState;
  /** Over all addresses. */
  readonly probes: ProbeCounts;
  /** What an operator has set; null where the configuration stands. */
  readonly override: Override | null;
  /** Sessions now, over all addresses, those of former addresses included. */
  readonly active: number;
  /** Empty while its name does not resolve, and before `start`. */
  readonly addresses: readonly EndpointStatus[];
}

/** What a backend asks of its pool. */
export interface BackendPool extends EndpointPool {
  readonly resolveIntervalMs: number;
  /** How long sessions may go on once the backend has been taken out; undefined: to their end. */
  readonly drainAfterMs: number | undefined;
}

/** `remove` is its end; what it had counted goes with it. */
export class Backend {
  #config: BackendConfig;
  readonly #pool: BackendPool;
  readonly #surroundings: Surroundings;
  #weight: number;
  #maxConnections: number;
  #administrative: AdministrativeState = "ready";
  #endpoints: readonly Endpoint[] = [];
  /** Former addresses that still have sessions. */
  readonly #leaving = new Set<Endpoint>();
  /** What addresses that are gone have counted. */
  #past: RowCounts = ZERO_COUNTS;
  #pastProbes: ProbeCounts = NO_PROBES;
  #name: NameWatch | undefined;
  readonly #drain: DrainWatch;
  #isRemoved = false;
  /** Its addresses are those that it has from the start of the process. */
  #isInitial = false;
  /** The last thing said about a lookup that failed; undefined since one has not. */
  #complaint: string | undefined;

  constructor(config: BackendConfig, pool: BackendPool, surroundings: Surroundings) {
    this.#config = config;
    this.#pool = pool;
    this.#surroundings = surroundings;
    this.#weight = config.weight;
    this.#maxConnections = config.maxConnections;
    this.#drain = new DrainWatch(
      surroundings.clock,
      () => pool.drainAfterMs,
      () => this.#closeSessions(),
    );
  }

  /** As it is in force, be it set at run time; here and below. */
  get weight(): number {
    return this.#weight;
  }

  /** For each address; Infinity where there is no limit. */
  get maxConnections(): number {
    return this.#maxConnections;
  }

  get administrative(): AdministrativeState {
    return this.#administrative;
  }

  get config(): BackendConfig {
    return this.#config;
  }

  /** Those of former addresses that still have sessions included. */
  get rows(): readonly number[] {
    return [...this.#endpoints, ...this.#leaving].map(({ row }) => row);
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /**
   * Begins to probe its address, or to look up its name.
   * @param isInitial whether the process begins with it: then it need not start slowly.
   * @returns when its addresses are known, or are known not to be.
   * @throws LbError `LB_TOO_MANY_BACKENDS`
   */
  start(isInitial = false): Promise<void> {
    const { address } = this.#config;
    this.#isInitial = isInitial;
    this.#isRemoved = false;
    if (this.#administrative === "ready") this.#drain.end();
    const literal = literalSocketAddress(address);
    if (literal !== undefined) this.#endpoints = [this.#formerly(literal) ?? this.#open(literal)];
    if (literal !== undefined || address.kind === "unix") return Promise.resolve();
    const { host, port } = address;
    this.#name = this.#lookUp(host, port);
    return this.#name.first;
  }

  /**
   * It was configured anew, with the same name and address.
   * @param config what was set at run time stands where it says the same as before.
   */
  change(config: BackendConfig): void {
    const before = this.#config;
    this.#config = config;
    for (const endpoint of [...this.#endpoints, ...this.#leaving]) endpoint.change(config);
    if (config.maxConnections !== before.maxConnections) this.setMaxConnections(config.maxConnections);
    if (config.weight !== before.weight) this.setWeight(config.weight);
    if (config.resolve !== before.resolve) this.lookUpAnew();
  }

  /** Its name is to be looked up in another interval, or to be read in another way. */
  lookUpAnew(): void {
    const { address } = this.#config;
    if (this.#name === undefined || address.kind === "unix") return;
    this.#name.stop();
    this.#name = this.#lookUp(address.host, address.port);
  }

  /** The pool probes in another way. */
  probeAnew(): void {
    for (const endpoint of this.#endpoints) endpoint.probeAnew();
  }

  snapshot(): readonly BackendRow[] {
    return this.#endpoints.map((endpoint) => endpoint.snapshot(this.#weight));
  }

  status(override: Override | null = null): BackendStatus {
    const all = [...this.#endpoints, ...this.#leaving];
    const counts = all.map((endpoint) => endpoint.counts()).reduce(addCounts, this.#past);
    // By name: to spread it takes five times as long, and a thousand backends are read in one go.
    const { dials, sessions, bytesUp, bytesDown, ejections } = counts;
    return {
      dials,
      sessions,
      bytesUp,
      bytesDown,
      ejections,
      name: this.#config.name,
      weight: this.#weight,
      effectiveWeight: Math.min(this.#weight, ...this.#endpoints.map(({ effectiveWeight }) => effectiveWeight)),
      backup: this.#config.backup,
      maxConnections: Number.isFinite(this.#maxConnections) ? this.#maxConnections : null,
      state: bestOf(this.#endpoints.map(({ state }) => state)),
      probes: this.#probes(),
      override,
      active: all.reduce((sum, { active }) => sum + active, 0),
      addresses: this.#endpoints.map((endpoint) => endpoint.status()),
    };
  }

  setWeight(weight: number): void {
    const before = this.#weight;
    this.#weight = weight;
    for (const endpoint of this.#endpoints) endpoint.setWeight(weight);
    if (before === 0 && weight > 0) this.#pool.returned(this.#config.backup);
  }

  /** @param maxConnections for each address; Infinity where there is no limit. */
  setMaxConnections(maxConnections: number): void {
    this.#maxConnections = maxConnections;
    for (const endpoint of [...this.#endpoints, ...this.#leaving]) endpoint.setMaxConnections(maxConnections);
  }

  setAdministrative(state: AdministrativeState): void {
    this.#administrative = state;
    for (const endpoint of this.#endpoints) endpoint.setAdministrative(state);
    if (state === "ready") this.#drain.end();
    else this.#drain.begin();
  }

  /** Its sessions may have another time than before, once it has been taken out. */
  drainAnew(): void {
    this.#drain.look();
  }

  /** A dial to it has failed: its name may have moved. */
  refresh(): void {
    this.#name?.refresh();
  }

  /** Stops looking up and probing; sessions go on. */
  close(): void {
    this.#drain.end();
    this.#name?.stop();
    for (const endpoint of this.#endpoints) endpoint.close();
  }

  remove(): void {
    this.close();
    for (const endpoint of this.#endpoints) this.#dismiss(endpoint);
    this.#endpoints = [];
    this.#isRemoved = true;
    this.#drain.begin();
    this.#surroundings.departed.add(this.#pool.name, this.#config.name, this);
  }

  /** It has been taken out for as long as its sessions may go on. */
  #closeSessions(): void {
    const { table, log, evict } = this.#surroundings;
    const busy = this.rows.filter((row) => Atomics.load(table.active, row) > 0);
    if (busy.length === 0) return;
    const sessions = busy.reduce((sum, row) => sum + Atomics.load(table.active, row), 0);
    const { backend } = this.#fields;
    log.info(
      "drain",
      { ...this.#fields, sessions },
      `Resetting ${sessions} sessions of ${backend}: their time is over`,
    );
    evict(this.#isRemoved ? "backend-removed" : "drained", busy);
  }

  #probes(): ProbeCounts {
    const leaving = [...this.#leaving].map(({ probes }) => pastProbes(probes));
    return [...this.#endpoints.map(({ probes }) => probes), ...leaving].reduce(addProbes, this.#pastProbes);
  }

  #lookUp(host: string, port: number): NameWatch {
    return this.#surroundings.names.watch(host, this.#pool.resolveIntervalMs, {
      onAddresses: (ips) => {
        const wanted = this.#config.resolve === "first" ? ips.slice(0, 1) : ips;
        this.#moveTo(wanted.map((ip): SocketAddress => ({ kind: "ip", ip, port })));
        this.#isInitial = false;
      },
      onFailure: (reason) => {
        this.#isInitial = false;
        this.#unresolved(host, reason);
      },
    });
  }

  /** Its name has these addresses now, and no others. */
  #moveTo(wanted: readonly SocketAddress[]): void {
    if (this.#complaint !== undefined && this.#endpoints.length > 0) {
      this.#surroundings.log.info("lookup-recovered", this.#fields, "A name resolves again");
    }
    this.#complaint = undefined;
    const texts = new Set(wanted.map((address) => formatAddress(address)));
    const gone = this.#endpoints.filter(({ addressText }) => !texts.has(addressText));
    for (const { addressText } of this.#endpoints) texts.delete(addressText);
    if (gone.length === 0 && texts.size === 0) return;

    const added = wanted
      .filter((address) => texts.has(formatAddress(address)))
      .flatMap((address) => this.#admit(address));
    this.#endpoints = [...this.#endpoints.filter((endpoint) => !gone.includes(endpoint)), ...added];
    for (const endpoint of gone) this.#dismiss(endpoint);
    this.#surroundings.publish();
    // After everything else: listeners of these events may change the pool.
    for (const { addressText } of added) this.#announce("added", addressText, "the name resolves to it");
    for (const { addressText } of gone) {
      this.#announce("removed", addressText, "the name does not resolve to it any more");
    }
    if (gone.length > 0) this.#pool.lost();
  }

  /** The endpoint of an address, or none where no place is left: the next lookup tries again. */
  #admit(address: SocketAddress): readonly Endpoint[] {
    // It was only away: with a new row its limit would count from 0 while its old sessions go on.
    const former = this.#formerly(address);
    if (former !== undefined) return [former];
    try {
      return [this.#open(address)];
    } catch (error) {
      const text = formatAddress(address);
      this.#surroundings.log.error("backend-left-out", { ...this.#fields, address: text, error }, messageOf(error));
      return [];
    }
  }

  /** An address that still has sessions, in use again; undefined where there is none. */
  #formerly(address: SocketAddress): Endpoint | undefined {
    const text = formatAddress(address);
    const former = [...this.#leaving].find(({ addressText }) => addressText === text);
    if (former === undefined) return undefined;
    this.#leaving.delete(former);
    former.restore(this.#weight, this.#administrative);
    return former;
  }

  #open(address: SocketAddress): Endpoint {
    const endpoint = new Endpoint(address, this.#config, this.#weight, this.#pool, this.#surroundings);
    if (!this.#isInitial) endpoint.start();
    if (this.#maxConnections !== this.#config.maxConnections) endpoint.setMaxConnections(this.#maxConnections);
    if (this.#administrative !== "ready") endpoint.setAdministrative(this.#administrative);
    return endpoint;
  }

  #dismiss(endpoint: Endpoint): void {
    this.#leaving.add(endpoint);
    endpoint.remove(() => {
      this.#past = addCounts(this.#past, endpoint.counts());
      this.#pastProbes = addProbes(this.#pastProbes, pastProbes(endpoint.probes));
      this.#leaving.delete(endpoint);
      if (this.#isRemoved && this.#leaving.size === 0) this.#drain.end();
    });
  }

  #unresolved(host: string, reason: string): void {
    const text = `"${host}" does not resolve (${reason})`;
    if (this.#complaint === text) return;
    this.#complaint = text;
    if (this.#endpoints.length === 0) this.#announce("down", null, text);
    else {
      const fields = { ...this.#fields, reason: text };
      this.#surroundings.log.warn("lookup-failed", fields, "A name does not resolve; its last addresses stay in use");
    }
  }

  get #fields(): { readonly pool: string; readonly backend: string } {
    return { pool: this.#pool.name, backend: `${this.#pool.name}/${this.#config.name}` };
  }

  #announce(event: "added" | "removed" | "down", address: string | null, reason: string): void {
    this.#surroundings.announce({ event, ...this.#fields, address, reason });
  }
}

const fromBest: readonly EndpointState[] = ["ready", "ejected", "down", "drain", "maintenance", "removed"];

function bestOf(states: readonly EndpointState[]): EndpointState {
  return fromBest.find((state) => states.includes(state)) ?? "down";
}
