// A pool as the control plane knows it: its backends, and what an operator may do to them.

import { isDeepStrictEqual } from "node:util";
import { isUsable } from "../backend/ejection.ts";
import type { PoolSnapshot } from "../backend/pool.ts";
import type { BackendConfig, PoolConfig } from "../config/config.ts";
import { isSamePlace, type PoolChange } from "../config/diff.ts";
import type { BackendOptions } from "../config/options.ts";
import { resolveBackend, resolveBackendChange, resolveWeight } from "../config/resolve.ts";
import { LbError } from "../errors.ts";
import { isoTime } from "../observe/iso-time.ts";
import { Backend, type BackendStatus } from "./backend.ts";
import { effectiveChange, limitOf } from "./backend-change.ts";
import { Consequences } from "./consequences.ts";
import { inOrder } from "./in-order.ts";
import { type Actor, actorFields, type BackendChange, DEFAULT_ACTOR, type Override } from "./override.ts";
import { Overrides, type OverrideValues } from "./overrides.ts";
import type { PoolChanged, PreparedBackend } from "./pool-changed.ts";
import type { PoolHandle } from "./pool-handle.ts";
import { PoolLine } from "./pool-line.ts";
import type { Surroundings } from "./surroundings.ts";

const NO_ROW = -1;
const NOTHING_SET: OverrideValues = { membership: null, state: null, weight: null, maxConnections: null };

/** A pool from the configuration on, whatever has become of it since. */
export class ControlPool implements PoolHandle {
  readonly name: string;
  #config: PoolConfig;
  readonly counterSlot: number;
  readonly #surroundings: Surroundings;
  #backends = new Map<string, Backend>();
  /** Of the configuration, and removed at run time: they may come back, and have sessions meanwhile. */
  readonly #removed = new Map<string, Backend>();
  readonly #overrides: Overrides;
  readonly consequences: Consequences;
  /** Who waits while every backend is full. */
  readonly line: PoolLine = new PoolLine();
  /** Backends are probed and looked up while it is `started`; they may come and go at any time. */
  #state: "new" | "started" | "closed" = "new";

  constructor(config: PoolConfig, counterSlot: number, surroundings: Surroundings) {
    this.name = config.name;
    this.#config = config;
    this.counterSlot = counterSlot;
    this.#surroundings = surroundings;
    this.#overrides = new Overrides(config.name);
    this.consequences = new Consequences(this, surroundings);
    for (const backend of config.backends) this.#backends.set(backend.name, this.#backend(backend));
  }

  /** As it was configured last; what was done at run time is not in it. */
  get config(): PoolConfig {
    return this.#config;
  }

  get probe(): PoolConfig["probe"] {
    return this.#config.probe;
  }

  get resolveIntervalMs(): number {
    return this.#config.resolveIntervalMs;
  }

  /** Nothing where clients stay with what their key says. */
  get slowStart(): PoolConfig["slowStart"] {
    return this.#config.policy === "source-hash" ? undefined : this.#config.slowStart;
  }

  get drainAfterMs(): number | undefined {
    return this.#config.onDrain?.afterMs;
  }

  /**
   * Begins to probe and to look up.
   * @returns when all addresses are known, or are known not to be.
   * @throws LbError `LB_TOO_MANY_BACKENDS`
   */
  async start(): Promise<void> {
    this.#state = "started";
    await Promise.all([...this.#backends.values()].map((backend) => backend.start(true)));
  }

  /** Stops lookups and probes; sessions go on. */
  close(): void {
    this.#state = "closed";
    for (const backend of this.#backends.values()) backend.close();
  }

  /** The backends that `apply` will need, which it does not have: those that are new, and those that have moved. */
  missing({ after, added, changed }: PoolChange): readonly BackendConfig[] {
    const touched = new Set([...added, ...changed.map(({ after: backend }) => backend)]);
    return after.backends.filter((backend) => {
      const known = this.#backends.get(backend.name);
      return touched.has(backend) && (known === undefined || !isSamePlace(known.config, backend));
    });
  }

  /**
   * Begins to probe and to look up a backend that `apply` is going to take in. Whoever does not hand it to `apply` owes a
   * `remove`.
   * @throws LbError `LB_TOO_MANY_BACKENDS`
   */
  prepare(config: BackendConfig): PreparedBackend {
    const backend = this.#backend(config);
    return { backend, located: this.#state === "started" ? backend.start() : Promise.resolve() };
  }

  /**
   * It was configured anew. What was done at run time stands where the configuration says the same as before. The caller
   * publishes.
   * @param prepared those of `missing`, by name.
   * @returns the rows of the backends that are gone, and what to say of the change after publishing.
   */
  apply(change: PoolChange, prepared: ReadonlyMap<string, Backend>): PoolChanged {
    const { before, after } = change;
    const rows: number[] = [];
    const events: PoolChanged["events"][number][] = [];
    this.#config = after;
    this.#overrides.reconfigured(change);
    for (const { name } of change.removed) {
      this.#removed.delete(name);
      const backend = this.#backends.get(name);
      if (backend === undefined) continue;
      rows.push(...this.#dismiss(name, backend));
      events.push({ event: "removed", name });
    }
    for (const [name, backend] of prepared) {
      const former = this.#backends.get(name);
      if (former !== undefined) rows.push(...this.#dismiss(name, former));
      this.#removed.delete(name);
      this.#backends.set(name, backend);
      events.push({ event: "added", name });
    }
    for (const config of [...change.added, ...change.changed.map((each) => each.after)]) {
      const backend = this.#backends.get(config.name);
      if (backend === undefined) continue;
      backend.change(config);
      this.#enforce(backend);
    }
    for (const backend of this.#backends.values()) {
      if (!isDeepStrictEqual(before.probe, after.probe)) backend.probeAnew();
      if (before.resolveIntervalMs !== after.resolveIntervalMs) backend.lookUpAnew();
      if (before.onDrain?.afterMs !== after.onDrain?.afterMs) backend.drainAnew();
    }
    this.#sort();
    return { rows, events };
  }

  /** It is in the configuration no more. @returns the rows of its backends. */
  dissolve(): readonly number[] {
    this.#state = "closed";
    return [...this.#backends].flatMap(([name, backend]) => this.#dismiss(name, backend));
  }

  snapshot(): PoolSnapshot {
    const { name, dialTimeoutMs, dialDeadlineMs, attempts, ejection, policy, queue, sendProxy, source } = this.#config;
    const rows = [...this.#backends.values()].flatMap((backend) => backend.snapshot());
    return {
      name,
      policy: typeof policy === "string" ? policy : "function",
      rows: rows.sort((one, other) => one.row - other.row),
      dialTimeoutMs,
      dialDeadlineMs,
      attempts,
      ejection,
      slowStart: this.slowStart,
      panicBelow: this.#config.panicBelow,
      queue: this.line.snapshot(queue),
      counterSlot: this.counterSlot,
      sendProxy,
      source,
    };
  }

  anotherServes(row: number): boolean {
    for (const other of this.#usableRows()) if (other !== row) return true;
    return false;
  }

  /** Addresses that can take new sessions. */
  usableCount(): number {
    return [...this.#usableRows()].length;
  }

  /** An address went out of rotation: if it was the last one, look out for the first that comes back. */
  lost(): void {
    this.consequences.look();
    if (this.anotherServes(NO_ROW)) return;
    for (const { endpoints } of this.#backends.values()) for (const endpoint of endpoints) endpoint.hasten();
  }

  /** @param backup whether the address that is in rotation again is one of a backup. */
  returned(backup: boolean): void {
    this.consequences.look();
    if (!backup) this.consequences.returned();
  }

  /** A dial has ended an ejection. @param identity `pool/name`. */
  cameBack(identity: string): void {
    const backend = this.#backends.get(identity.slice(this.name.length + 1));
    if (backend !== undefined) this.returned(backend.config.backup);
  }

  /** A probe has found an address down, be it not the first. */
  down(row: number): void {
    this.consequences.down(row);
  }

  *rows(backup: boolean): Generator<number> {
    for (const { config, endpoints } of this.#backends.values()) {
      if (config.backup === backup) for (const { row } of endpoints) yield row;
    }
  }

  /** A dial to that backend has failed. */
  dialFailed(name: string): void {
    this.#backends.get(name)?.refresh();
  }

  backends(): readonly BackendStatus[] {
    return [...this.#backends].map(([name, backend]) => backend.status(this.#overrides.of(name)));
  }

  overrides(): readonly Override[] {
    return this.#overrides.list();
  }

  add(options: string | BackendOptions, by: Actor = DEFAULT_ACTOR): void {
    const config = resolveBackend(options, `pools.${this.name}.add`);
    const { name } = config;
    if (this.#backends.has(name)) {
      throw new LbError(
        "LB_DUPLICATE_BACKEND",
        `pool "${this.name}" has a backend "${name}" already; give this one another name, or remove that one first`,
      );
    }
    if (isDeepStrictEqual(this.#configured(name), config)) this.#bringBack(config);
    else {
      this.#enter(this.#backend(config));
      this.#override(name, { ...NOTHING_SET, membership: "added" }, by);
    }
    this.#changed("added", name);
    this.#audit("backend-added", name, typeof options === "string" ? { address: options } : { ...options }, by);
  }

  remove(name: string, by: Actor = DEFAULT_ACTOR): void {
    const backend = this.#find(name);
    const rows = this.#takeOut(backend);
    if (this.#configured(name) === undefined) this.#overrides.delete(name);
    else this.#override(name, { ...NOTHING_SET, membership: "removed" }, by);
    this.#changed("removed", name);
    this.#closeRemoved(rows);
    this.#audit("backend-removed", name, {}, by);
  }

  change(name: string, change: BackendChange, by: Actor = DEFAULT_ACTOR): void {
    const wanted = resolveBackendChange(change, `pools.${this.name}.change`);
    const backend = this.#find(name);
    const { set, values, isEmpty } = effectiveChange(wanted, backend);
    if (isEmpty) return;
    this.#override(name, values, by);
    this.#enforce(backend);
    if (set.weight !== undefined) this.#surroundings.publish();
    this.#audit("backend-changed", name, { ...set }, by);
    this.lost();
  }

  restore(name: string, by: Actor = DEFAULT_ACTOR): boolean {
    const override = this.#overrides.of(name);
    if (override === null) {
      this.#find(name);
      return false;
    }
    const { membership, state, weight, maxConnections } = override;
    const configured = this.#configured(name);
    const backend = this.#backends.get(name);
    const rows = membership === "added" && backend !== undefined ? this.#takeOut(backend) : [];
    if (membership !== null && configured !== undefined) this.#bringBack(configured);
    this.#overrides.delete(name);
    if (membership === null && backend !== undefined) this.#enforce(backend);
    this.#sort();
    if (membership === null) this.#surroundings.publish();
    else this.#changed(configured === undefined ? "removed" : "added", name);
    this.#closeRemoved(rows);
    const undone = Object.entries({ membership, state, weight, maxConnections }).filter(([, value]) => value !== null);
    this.#audit("override-removed", name, Object.fromEntries(undone), by);
    this.lost();
    return true;
  }

  drain(name: string, by?: Actor): void {
    this.change(name, { state: "drain" }, by);
  }

  ready(name: string, by?: Actor): void {
    this.change(name, { state: "ready" }, by);
  }

  weigh(name: string, weight: number, by?: Actor): void {
    this.change(name, { weight: resolveWeight(weight, `pools.${this.name}.weigh`) }, by);
  }

  /** One after the other: every result of a probe looks for the first. */
  *#usableRows(): Generator<number> {
    const { table, clock } = this.#surroundings;
    const nowMs = clock.nowMs();
    for (const { endpoints } of this.#backends.values()) {
      for (const { row } of endpoints) if (isUsable(table, row, nowMs)) yield row;
    }
  }

  #backend(config: BackendConfig): Backend {
    return new Backend(config, this, this.#surroundings);
  }

  #configured(name: string): BackendConfig | undefined {
    return this.#config.backends.find((backend) => backend.name === name);
  }

  /** @throws LbError `LB_TOO_MANY_BACKENDS`: then it is not there. */
  #enter(backend: Backend): void {
    if (this.#state === "started") void backend.start();
    this.#backends.set(backend.config.name, backend);
  }

  /** Of the configuration, as it says: with the sessions, the counts and the health that it has. */
  #bringBack(config: BackendConfig): void {
    const backend = this.#removed.get(config.name) ?? this.#backend(config);
    this.#enter(backend);
    this.#removed.delete(config.name);
    this.#overrides.delete(config.name);
    this.#enforce(backend);
  }

  /** Once every data plane runs without them. */
  #closeRemoved(rows: readonly number[]): void {
    if (this.#config.onRemove === "close" && rows.length > 0) this.#surroundings.evict("backend-removed", rows);
  }

  /** At run time. @returns the rows that it had. */
  #takeOut(backend: Backend): readonly number[] {
    const { name } = backend.config;
    const { rows } = backend;
    if (this.#overrides.of(name)?.membership !== "added") this.#removed.set(name, backend);
    backend.remove();
    this.#backends.delete(name);
    return rows;
  }

  #override(name: string, values: Partial<OverrideValues>, by: Actor): void {
    this.#overrides.set(name, values, actorFields(by).by, isoTime(this.#surroundings.clock.wallMs()));
  }

  /** Has it run on what is configured, and on what was set beside that. */
  #enforce(backend: Backend): void {
    const { config } = backend;
    const override = this.#overrides.of(config.name);
    const [state, weight] = [override?.state ?? "ready", override?.weight ?? config.weight];
    const limit = limitOf(override?.maxConnections ?? config.maxConnections);
    if (backend.administrative !== state) backend.setAdministrative(state);
    if (backend.weight !== weight) backend.setWeight(weight);
    if (backend.maxConnections !== limit) backend.setMaxConnections(limit);
  }

  #audit(action: string, name: string, change: Readonly<Record<string, unknown>>, by: Actor): void {
    this.#surroundings.audit({ action, subject: `${this.name}/${name}`, change, ...actorFields(by) });
  }

  #dismiss(name: string, backend: Backend): readonly number[] {
    const { rows } = backend;
    backend.remove();
    this.#backends.delete(name);
    return rows;
  }

  /** In the order of the configuration; those that were added at run time come last. */
  #sort(): void {
    this.#backends = inOrder(this.#backends, this.#config.backends);
  }

  #find(name: string): Backend {
    const backend = this.#backends.get(name);
    if (backend !== undefined) return backend;
    const known = [...this.#backends.keys()].join(", ") || "none";
    throw new LbError("LB_UNKNOWN_BACKEND", `pool "${this.name}" has no backend "${name}"; it has: ${known}`);
  }

  #changed(event: "added" | "removed", name: string): void {
    this.#surroundings.publish();
    this.say(event, name, "at run time");
    this.lost();
  }

  /** Announces that a backend has come or gone. */
  say(event: "added" | "removed", name: string, reason: string): void {
    const backend = `${this.name}/${name}`;
    this.#surroundings.announce({ event, pool: this.name, backend, address: null, reason });
  }
}
