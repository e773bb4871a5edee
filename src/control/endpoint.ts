// One address of a backend: its row in the shared table, and its health.

import { endEjection, isUsable } from "../backend/ejection.ts";
import { type Health, isChanging, observeProbe, UNKNOWN_HEALTH } from "../backend/health.ts";
import type { BackendRow } from "../backend/pool.ts";
import { FRACTION_UNIT, startedShare } from "../backend/slow-start.ts";
import {
  type AdministrativeState,
  administrativeOf,
  ejectionOf,
  FRESH,
  healthOf,
  withAdministrative,
  withHealth,
} from "../backend/state.ts";
import { NO_LIMIT } from "../backend/table.ts";
import type { BackendConfig, ProbeConfig, SlowStartConfig } from "../config/config.ts";
import { isoTime } from "../observe/iso-time.ts";
import { createProbe } from "../probe/probe.ts";
import type { ProbeWatch } from "../probe/prober.ts";
import type { ProbeResult } from "../probe/result.ts";
import type { RowCounts } from "../session/counters.ts";
import { subtractCounts } from "../session/row-counts.ts";
import { formatAddress, type SocketAddress } from "../wire/address.ts";
import { countProbe, NO_PROBES, type ProbeCounts, pastProbes } from "./probe-counts.ts";
import type { Surroundings } from "./surroundings.ts";

/** What an address can be in, as one word: the first that applies. */
export type EndpointState = "removed" | "maintenance" | "drain" | "down" | "ejected" | "ready";

/** An address of a backend now. */
export interface EndpointStatus {
  /** `ip:port` or `unix:/path`. */
  readonly address: string;
  readonly state: EndpointState;
  /** Why it is down or up, in the words of the last probe. */
  readonly lastProbe: string | null;
  readonly probes: ProbeCounts;
  /** Until when dials that failed keep new sessions away; null where none do. ISO 8601, UTC. */
  readonly ejectedUntil: string | null;
  readonly active: number;
}

/** What an endpoint asks of its pool. */
export interface EndpointPool {
  readonly name: string;
  readonly probe: ProbeConfig | undefined;
  /** Undefined where everybody has his whole weight at once. */
  readonly slowStart: SlowStartConfig | undefined;
  /** Whether an address of the pool other than `row` can take new sessions. */
  anotherServes(row: number): boolean;
  /** An address went out of rotation. */
  lost(): void;
  /** A probe has found an address down, be it not the first. */
  down(row: number): void;
  /** An address is in rotation again. @param backup whether it is one of a backup. */
  returned(backup: boolean): void;
}

/** From `new` to `remove`, or from `restore` to the next one. */
export class Endpoint {
  readonly row: number;
  readonly addressText: string;
  readonly #generation: number;
  readonly #address: SocketAddress;
  #config: BackendConfig;
  readonly #pool: EndpointPool;
  readonly #surroundings: Surroundings;
  readonly #countsBefore: RowCounts;
  #health: Health = UNKNOWN_HEALTH;
  #lastProbe: string | null = null;
  #probes: ProbeCounts = NO_PROBES;
  #watch: ProbeWatch | undefined;

  /**
   * Takes a row and begins to probe. `remove` gives it back.
   * @throws LbError `LB_TOO_MANY_BACKENDS`
   */
  constructor(
    address: SocketAddress,
    config: BackendConfig,
    weight: number,
    pool: EndpointPool,
    surroundings: Surroundings,
  ) {
    this.#address = address;
    this.addressText = formatAddress(address);
    this.#config = config;
    this.#pool = pool;
    this.#surroundings = surroundings;
    this.row = surroundings.rows.take();
    this.#countsBefore = surroundings.countsOf(this.row);
    this.#generation = surroundings.table.open(this.row, weight, limitOf(config));
    const { addressText, identity } = this;
    surroundings.rows.assign(this.row, { pool: pool.name, identity, addressText });
    this.#startProbing();
  }

  get identity(): string {
    return `${this.#pool.name}/${this.#config.name}`;
  }

  get state(): EndpointState {
    const word = this.#surroundings.table.state[this.row] ?? FRESH;
    const administrative = this.#administrative;
    if (administrative !== "ready") return administrative;
    if (this.#health.state === "down") return "down";
    return ejectionOf(word) === "in" ? "ready" : "ejected";
  }

  get #administrative(): AdministrativeState {
    return administrativeOf(this.#surroundings.table.state[this.row] ?? FRESH);
  }

  /** The weight by which it is picked now, rounded. */
  get effectiveWeight(): number {
    const { clock, table } = this.#surroundings;
    const { slowStart } = this.#pool;
    const weight = table.weight[this.row] ?? 0;
    if (slowStart === undefined) return weight;
    const share = startedShare(slowStart, table.startedAtMs[this.row] ?? 0, clock.nowMs());
    return Math.round(weight * share * FRACTION_UNIT) / FRACTION_UNIT;
  }

  get active(): number {
    return Atomics.load(this.#surroundings.table.active, this.row);
  }

  counts(): RowCounts {
    return subtractCounts(this.#surroundings.countsOf(this.row), this.#countsBefore);
  }

  snapshot(weight: number): BackendRow {
    return {
      row: this.row,
      generation: this.#generation,
      name: this.#config.name,
      identity: this.identity,
      address: this.#address,
      addressText: this.addressText,
      weight,
      backup: this.#config.backup,
    };
  }

  status(): EndpointStatus {
    return {
      address: this.addressText,
      state: this.state,
      lastProbe: this.#lastProbe,
      probes: this.#probes,
      ejectedUntil: this.#ejectedUntil(),
      active: this.active,
    };
  }

  setWeight(weight: number): void {
    this.#surroundings.table.setWeight(this.row, weight);
  }

  /** It begins to serve now: its share is to grow little by little, where the pool wants that. */
  start(): void {
    const { clock, table } = this.#surroundings;
    table.startedAtMs[this.row] = clock.nowMs();
    table.announce();
  }

  /** In maintenance it is not probed. What was known of its health before says little after; that it was down, stands. */
  setAdministrative(state: AdministrativeState): void {
    const { table } = this.#surroundings;
    const before = this.#administrative;
    if (before === "maintenance" && state !== before) {
      this.start();
      if (this.#health.state === "up") this.#forgetHealth();
    }
    table.changeState(this.row, (word) => withAdministrative(word, state));
    if (state === before) return;
    if (state === "maintenance") this.close();
    else if (before === "maintenance") this.#startProbing();
    if (state === "ready") this.#pool.returned(this.#config.backup);
  }

  /** @param maxConnections Infinity where there is no limit. */
  setMaxConnections(maxConnections: number): void {
    this.#surroundings.table.setLimit(this.row, limitOf({ maxConnections }));
  }

  /** It was configured anew, with the same name and address. Weight, limit and administrative state are set by themselves. */
  change(config: BackendConfig): void {
    this.#config = config;
  }

  get probes(): ProbeCounts {
    return this.#probes;
  }

  /** The pool probes in another way. What is known of its health stands, unless nobody asks any more. */
  probeAnew(): void {
    this.close();
    this.#probes = pastProbes(this.#probes);
    if (this.#pool.probe === undefined) {
      this.#lastProbe = null;
      this.#forgetHealth();
    }
    this.#startProbing();
  }

  /** Looks again soon: nobody in the pool can serve. */
  hasten(): void {
    if (this.#pool.probe !== undefined) this.#watch?.hasten(this.#pool.probe.intervalChangingMs);
  }

  /** Stops probing; sessions go on. */
  close(): void {
    this.#watch?.stop();
  }

  /** Takes it out. Its sessions go on, and `onFree` is called after the last: then the row is somebody else's. */
  remove(onFree: () => void): void {
    this.close();
    this.#surroundings.rows.retire(this.row, this.#surroundings.nextVersion(), onFree);
  }

  /** Back after `remove`, and before `onFree`: with the sessions, the counts and the health that it has. */
  restore(weight: number, state: AdministrativeState): void {
    this.#surroundings.rows.restore(this.row);
    this.start();
    this.setWeight(weight);
    this.setAdministrative(state);
    this.#startProbing();
  }

  #startProbing(): void {
    const { probe } = this.#pool;
    this.#watch?.stop();
    if (probe === undefined || this.#administrative === "maintenance") return;
    const { clock, log, prober } = this.#surroundings;
    const { name, address: configured } = this.#config;
    const probed = { pool: this.#pool.name, name, configured, address: this.#address };
    const fields = { pool: this.#pool.name, backend: this.identity, address: this.addressText };
    this.#watch = prober.watch({
      timeoutMs: probe.timeoutMs,
      jitter: probe.jitter,
      ask: createProbe(probe, probed, clock),
      onStart: () => log.debug("probe-started", fields, "Starting health check"),
      onResult: (result, tookMs) => {
        this.#probes = countProbe(this.#probes, result, { tookMs, at: isoTime(clock.wallMs()) });
        this.#observe(result, probe);
        log.debug("probe-completed", { ...fields, result: this.#lastProbe }, "Health check completed");
        return this.#nextProbeMs(probe);
      },
    });
  }

  #observe(result: ProbeResult, probe: ProbeConfig): void {
    this.#lastProbe = result.kind === "ok" ? "ok" : result.reason;
    if (result.kind === "inconclusive") return;
    const succeeded = result.kind === "ok";
    const before = this.#health.state;
    this.#health = observeProbe(this.#health, succeeded, probe, this.#pool.anotherServes(this.row));
    if (this.#health.state !== before) this.#turn(this.#health.state);
    if (this.#health.state === "down") this.#pool.down(this.row);
    const { table, clock } = this.#surroundings;
    if (!succeeded || !endEjection(table, this.row, clock.nowMs())) return;
    this.#announce("returned", "probe: ok");
    this.#pool.returned(this.#config.backup);
  }

  #forgetHealth(): void {
    this.#health = UNKNOWN_HEALTH;
    this.#turn("unknown");
  }

  #turn(state: Health["state"]): void {
    const { table } = this.#surroundings;
    // Before the state: whoever sees that it is up must find that it has just begun.
    if (healthOf(table.state[this.row] ?? FRESH) === "down") this.start();
    table.changeState(this.row, (word) => withHealth(word, state));
    if (state === "unknown") return;
    this.#announce(state, `probe: ${this.#lastProbe}`);
    if (state === "down") this.#pool.lost();
    else this.#pool.returned(this.#config.backup);
  }

  #nextProbeMs({ intervalMs, intervalChangingMs }: ProbeConfig): number {
    const isUrgent = isChanging(this.#health) || !this.#poolServes();
    return isUrgent ? Math.min(intervalChangingMs, intervalMs) : intervalMs;
  }

  #poolServes(): boolean {
    const { table, clock } = this.#surroundings;
    return isUsable(table, this.row, clock.nowMs()) || this.#pool.anotherServes(this.row);
  }

  #ejectedUntil(): string | null {
    const { table, clock } = this.#surroundings;
    if (ejectionOf(table.state[this.row] ?? FRESH) === "in") return null;
    return isoTime(clock.wallMs() + (table.ejectedUntilMs[this.row] ?? 0) - clock.nowMs());
  }

  #announce(event: "up" | "down" | "returned", reason: string): void {
    const { name: pool } = this.#pool;
    this.#surroundings.announce({ event, pool, backend: this.identity, address: this.addressText, reason });
  }
}

function limitOf({ maxConnections }: Pick<BackendConfig, "maxConnections">): number {
  return Math.min(maxConnections, NO_LIMIT);
}
