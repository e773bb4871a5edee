// A pool as the control plane knows it: its backends, and what an operator may do to them.

import { isDeepStrictEqual } from "node:util";
import { isUsable } from "../backend/ejection.ts";
import type { PoolSnapshot } from "../backend/pool.ts";
import type { BackendConfig, PoolConfig } from "../config/config.ts";
import { isSamePlace, type PoolChange } from "../config/diff.ts";
import type { BackendOptions } from "../config/options.ts";
import { resolveBackend, resolveWeight } from "../config/resolve.ts";
import { LbError } from "../errors.ts";
import { Backend, type BackendStatus } from "./backend.ts";
import type { BackendChange, Override } from "./override.ts";
import { PoolLine } from "./pool-line.ts";
import type { Surroundings } from "./surroundings.ts";

/** The backends of a pool at run time. Every change is in force for the next session. */
export interface PoolHandle {
  readonly name: string;
  /** In the order in which they were added. */
  backends(): readonly BackendStatus[];
  /**
   * @param by who wants it, for `overrides` and the log; `api` by default, here and below.
   * @throws LbError `LB_CONFIG`, `LB_DUPLICATE_BACKEND`, `LB_TOO_MANY_BACKENDS`
   */
  add(backend: string | BackendOptions, by?: string): void;
  /** No new sessions; those it has may finish. @throws LbError `LB_UNKNOWN_BACKEND` */
  remove(name: string, by?: string): void;
  /** Sets what is given; nothing happens where it is so already. @throws LbError `LB_UNKNOWN_BACKEND`, `LB_CONFIG` */
  change(name: string, change: BackendChange, by?: string): void;
  /**
   * Back to what the configuration says, membership included.
   * @returns whether anything was set. @throws LbError `LB_UNKNOWN_BACKEND`
   */
  restore(name: string, by?: string): boolean;
  /** What was set at run time. */
  overrides(): readonly Override[];
  /** No new sessions; those it has may finish; probes go on. @throws LbError `LB_UNKNOWN_BACKEND` */
  drain(name: string): void;
  /** Ends `drain`. @throws LbError `LB_UNKNOWN_BACKEND` */
  ready(name: string): void;
  /** @param weight 0 (no new sessions) to 256. @throws LbError `LB_UNKNOWN_BACKEND`, `LB_CONFIG` */
  weigh(name: string, weight: number): void;
}

/** A backend that is not in its pool yet. */
export interface PreparedBackend {
  readonly backend: Backend;
  /** Its addresses are known, or are known not to be. */
  readonly located: Promise<void>;
}

/** What has become of a pool that was configured anew. */
export interface PoolChanged {
  /** Of backends that it has no more. */
  readonly rows: readonly number[];
  readonly events: readonly { readonly event: "added" | "removed"; readonly name: string }[];
}

const NO_ROW = -1;

/** A pool from the configuration on, whatever has become of it since. */
export class ControlPool implements PoolHandle {
  readonly name: string;
  #config: PoolConfig;
  readonly counterSlot: number;
  readonly #surroundings: Surroundings;
  #backends = new Map<string, Backend>();
  /** Who waits while every backend is full. */
  readonly line: PoolLine = new PoolLine();
  /** Backends are probed and looked up while it is `started`; they may come and go at any time. */
  #state: "new" | "started" | "closed" = "new";

  constructor(config: PoolConfig, counterSlot: number, surroundings: Surroundings) {
    this.name = config.name;
    this.#config = config;
    this.counterSlot = counterSlot;
    this.#surroundings = surroundings;
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

  /**
   * Begins to probe and to look up.
   * @returns when all addresses are known, or are known not to be.
   * @throws LbError `LB_TOO_MANY_BACKENDS`
   */
  async start(): Promise<void> {
    this.#state = "started";
    await Promise.all([...this.#backends.values()].map((backend) => backend.start()));
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
    for (const { name } of change.removed) {
      const backend = this.#backends.get(name);
      if (backend === undefined) continue;
      rows.push(...this.#dismiss(name, backend));
      events.push({ event: "removed", name });
    }
    for (const [name, backend] of prepared) {
      const former = this.#backends.get(name);
      if (former !== undefined) rows.push(...this.#dismiss(name, former));
      this.#backends.set(name, backend);
      events.push({ event: "added", name });
    }
    for (const backend of [...change.added, ...change.changed.map((each) => each.after)]) {
      this.#backends.get(backend.name)?.change(backend);
    }
    for (const backend of this.#backends.values()) {
      if (!isDeepStrictEqual(before.probe, after.probe)) backend.probeAnew();
      if (before.resolveIntervalMs !== after.resolveIntervalMs) backend.lookUpAnew();
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
    if (this.anotherServes(NO_ROW)) return;
    for (const { endpoints } of this.#backends.values()) for (const endpoint of endpoints) endpoint.hasten();
  }

  /** A dial to that backend has failed. */
  dialFailed(name: string): void {
    this.#backends.get(name)?.refresh();
  }

  backends(): readonly BackendStatus[] {
    return [...this.#backends.values()].map((backend) => backend.status());
  }

  add(options: string | BackendOptions): void {
    const config = resolveBackend(options, `pools.${this.name}.add`);
    if (this.#backends.has(config.name)) {
      throw new LbError(
        "LB_DUPLICATE_BACKEND",
        `pool "${this.name}" has a backend "${config.name}" already; give this one another name, or remove that one first`,
      );
    }
    const backend = this.#backend(config);
    if (this.#state === "started") void backend.start();
    this.#backends.set(config.name, backend);
    this.#changed("added", config.name);
  }

  remove(name: string): void {
    this.#find(name).remove();
    this.#backends.delete(name);
    this.#changed("removed", name);
  }

  drain(name: string): void {
    this.#find(name).setAdministrative("drain");
    this.#operated("drain", name, `Backend ${this.name}/${name} drains: no new sessions`);
  }

  ready(name: string): void {
    this.#find(name).setAdministrative("ready");
    this.#operated("ready", name, `Backend ${this.name}/${name} is ready again`);
  }

  change(name: string, { state, weight }: BackendChange): void {
    if (state !== undefined) this.#find(name).setAdministrative(state);
    if (weight !== undefined) this.weigh(name, weight);
  }

  restore(name: string): boolean {
    this.#find(name);
    return false;
  }

  overrides(): readonly Override[] {
    return [];
  }

  weigh(name: string, weight: number): void {
    this.#find(name).setWeight(resolveWeight(weight, `pools.${this.name}.weigh`));
    this.#surroundings.publish();
    this.#operated("weight", name, `Backend ${this.name}/${name} has weight ${weight}`);
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

  #dismiss(name: string, backend: Backend): readonly number[] {
    const { rows } = backend;
    backend.remove();
    this.#backends.delete(name);
    return rows;
  }

  /** In the order of the configuration; those that were added at run time come last. */
  #sort(): void {
    const places = new Map(this.#config.backends.map(({ name }, place) => [name, place]));
    const placeOf = (name: string): number => places.get(name) ?? places.size;
    this.#backends = new Map([...this.#backends].sort(([one], [other]) => placeOf(one) - placeOf(other)));
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

  #operated(event: string, name: string, message: string): void {
    this.#surroundings.log.info(event, { pool: this.name, backend: `${this.name}/${name}` }, message);
    this.lost();
  }
}
