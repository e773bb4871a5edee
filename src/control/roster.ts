// Who there is now: the listeners and pools of the configuration, and those that have left it and still have sessions.

import type { Config, ListenerConfig, PoolConfig } from "../config/config.ts";
import { type ConfigDiff, diffPool, type PoolChange } from "../config/diff.ts";
import { configError } from "../errors.ts";
import { LISTENERS } from "../session/admission.ts";
import type { ListenerSnapshot } from "../session/context.ts";
import { POOLS } from "../session/counters.ts";
import { NOTHING_COUNTED, type PoolCounts, readPoolCounts, subtractPoolCounts } from "../session/pool-counts.ts";
import type { Totals } from "../session/totals.ts";
import type { Snapshot } from "../worker/plane.ts";
import type { Backend } from "./backend.ts";
import { inOrder } from "./in-order.ts";
import { Lanes } from "./lanes.ts";
import { Ledger } from "./ledger.ts";
import { listenerSnapshot, namesPoolsItself, poolsOf } from "./listener-snapshot.ts";
import { Places, type Quiet } from "./places.ts";
import { ControlPool } from "./pool.ts";
import type { PoolChanged } from "./pool-changed.ts";
import type { PoolLine } from "./pool-line.ts";
import type { Surroundings } from "./surroundings.ts";

/** What became of the pools in a change of the roster. */
export interface RosterChanged {
  readonly pools: readonly (PoolChanged & { readonly pool: ControlPool })[];
}

type Changes = Pick<ConfigDiff, "config" | "listeners" | "pools">;

/** The one list of listeners and pools. Whoever changes it publishes. */
export class Roster {
  readonly #surroundings: Surroundings;
  readonly #slots = new Places(LISTENERS);
  readonly #lanes: Lanes;
  readonly #poolCounts: Ledger<PoolCounts>;
  #config: Config;
  #listeners = new Map<string, ListenerSnapshot>();
  #pools = new Map<string, ControlPool>();
  readonly #leavingListeners = new Map<string, ListenerSnapshot>();
  readonly #leavingPools = new Map<string, ControlPool>();
  #lastRevision = 0;

  constructor(config: Config, totals: Totals, surroundings: Surroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#lanes = new Lanes(totals);
    this.#poolCounts = new Ledger({
      places: POOLS,
      read: (slot) => readPoolCounts(totals, slot),
      since: subtractPoolCounts,
    });
    this.#enter(config.listeners, config.pools, config.pools);
  }

  get config(): Config {
    return this.#config;
  }

  /** Those of the configuration, in its order; so the pools. */
  get listeners(): readonly ListenerSnapshot[] {
    return [...this.#listeners.values()];
  }

  get pools(): ReadonlyMap<string, ControlPool> {
    return this.#pools;
  }

  get leavingListeners(): ReadonlyMap<string, ListenerSnapshot> {
    return this.#leavingListeners;
  }

  get leavingPools(): ReadonlyMap<string, ControlPool> {
    return this.#leavingPools;
  }

  /** Also one that is leaving. */
  pool(name: string): ControlPool | undefined {
    return this.#pools.get(name) ?? this.#leavingPools.get(name);
  }

  /** Who has that place in the admission counts; also one that is leaving. */
  listenerOf(slot: number): ListenerSnapshot | undefined {
    for (const listener of this.#listeners.values()) if (listener.slot === slot) return listener;
    for (const listener of this.#leavingListeners.values()) if (listener.slot === slot) return listener;
    return undefined;
  }

  /** What the data planes run on: those that leave, too, as long as somebody may be on the way to them. */
  snapshot(version: number): Snapshot {
    const pools = new Map([...this.#leavingPools, ...this.#pools]);
    return {
      version,
      listeners: [...new Map([...this.#leavingListeners, ...this.#listeners]).values()],
      pools: [...pools.values()].map((pool) => pool.snapshot()),
    };
  }

  /** Who waits for a pool, be it a leaving one. */
  lines(): readonly PoolLine[] {
    return [...this.#pools.values(), ...this.#leavingPools.values()].map(({ line }) => line);
  }

  listenerCounts(name: string): ReturnType<Lanes["counts"]> {
    return this.#lanes.counts(name);
  }

  poolCounts(name: string): PoolCounts {
    return this.#poolCounts.counts(name) ?? NOTHING_COUNTED;
  }

  /**
   * Whether there is room for what is new.
   * @throws LbError `LB_CONFIG`
   */
  checkRoom({ config, listeners, pools }: Changes): void {
    const lanes = [...listeners.added, ...listeners.changed].reduce(
      (sum, listener) => sum + this.#lanes.missing(listener.name, poolsOf(listener, config.pools)),
      0,
    );
    const newListeners = listeners.added.filter(({ name }) => this.#slots.placeOf(name) === undefined).length;
    const newPools = pools.added.filter(({ name }) => !this.#poolCounts.has(name)).length;
    if (newListeners > this.#slots.spare || lanes > this.#lanes.spare) throw noRoom("listeners");
    if (newPools > this.#poolCounts.spare) throw noRoom("pools");
  }

  /**
   * Takes in what is new, beside all that there is: nobody is led there yet.
   * @returns the pools that were not there, not even as leaving ones. They are to be started.
   */
  admit({ config, listeners, pools }: Changes): readonly ControlPool[] {
    const fresh = pools.added.filter(({ name }) => !this.#leavingPools.has(name));
    return this.#enter(listeners.added, fresh, config.pools);
  }

  /** Takes back what `admit` has done. @returns the pools to be dissolved. */
  withdraw({ listeners, pools }: Changes): readonly ControlPool[] {
    const version = this.#surroundings.nextVersion();
    for (const { name } of listeners.added) {
      this.#listeners.delete(name);
      if (!this.#leavingListeners.has(name)) this.#releaseListener(name, version);
    }
    return pools.added.flatMap(({ name }) => {
      const pool = this.#pools.get(name);
      if (pool === undefined) return [];
      this.#pools.delete(name);
      this.#poolCounts.retire(name, version);
      return [pool];
    });
  }

  /** The changes of pools that `commit` will make: a pool that comes back while it is leaving has changed. */
  poolChanges({ pools }: Changes): readonly PoolChange[] {
    const returning = pools.added.flatMap((config) => {
      const leaving = this.#leavingPools.get(config.name);
      return leaving === undefined ? [] : [diffPool(leaving.config, config)];
    });
    return [...pools.changed, ...returning];
  }

  /** Makes the change. What has gone from the configuration is leaving from now on. @param prepared by pool and name. */
  commit(
    { config, listeners, pools }: ConfigDiff,
    changes: readonly PoolChange[],
    prepared: ReadonlyMap<string, ReadonlyMap<string, Backend>>,
  ): RosterChanged {
    this.#config = config;
    for (const { name } of listeners.removed) this.#depart(name);
    for (const { name } of listeners.added) this.#leavingListeners.delete(name);
    for (const { name } of pools.added) this.#return(name);
    const changed = changes.flatMap((change) => {
      const pool = this.#pools.get(change.after.name);
      return pool === undefined ? [] : [{ pool, ...pool.apply(change, prepared.get(pool.name) ?? new Map()) }];
    });
    for (const { name } of pools.removed) this.#departPool(name);
    for (const listener of config.listeners) {
      if (listeners.changed.includes(listener) || namesPoolsItself(listener)) this.#change(listener);
    }
    this.#listeners = inOrder(this.#listeners, config.listeners);
    this.#pools = inOrder(this.#pools, config.pools);
    return { pools: changed };
  }

  /** Its last session has ended. */
  releaseListener(name: string): void {
    this.#leavingListeners.delete(name);
    this.#releaseListener(name, this.#surroundings.nextVersion());
  }

  /** Nobody is on the way to it any more. @returns the rows of its backends. */
  releasePool(name: string): readonly number[] {
    const pool = this.#leavingPools.get(name);
    if (pool === undefined) return [];
    this.#leavingPools.delete(name);
    this.#poolCounts.retire(name, this.#surroundings.nextVersion());
    return pool.dissolve();
  }

  /** Makes places free on which nobody counts any more. */
  reclaim(quiet: Quiet): void {
    this.#slots.reclaim(quiet, () => {});
    this.#lanes.reclaim(quiet);
    this.#poolCounts.reclaim(quiet);
  }

  #enter(
    listeners: readonly ListenerConfig[],
    pools: readonly PoolConfig[],
    all: readonly PoolConfig[],
  ): readonly ControlPool[] {
    for (const listener of listeners)
      this.#listeners.set(listener.name, this.#snapshotOf(listener, poolsOf(listener, all)));
    return pools.map((config) => {
      const pool = new ControlPool(config, this.#poolCounts.take(config.name) ?? 0, this.#surroundings);
      this.#pools.set(config.name, pool);
      return pool;
    });
  }

  #snapshotOf(listener: ListenerConfig, pools: ReadonlySet<string>): ListenerSnapshot {
    this.#lastRevision++;
    const slot = this.#slots.take(listener.name) ?? 0;
    const lanes = this.#lanes.take(listener.name, pools);
    const perClient = this.#surroundings.clientTables.take(listener.name, listener.perClient);
    return listenerSnapshot(listener, { slot, revision: this.#lastRevision, perClient, ...lanes });
  }

  #change(listener: ListenerConfig): void {
    const pools = poolsOf(listener, this.#config.pools);
    this.#listeners.set(listener.name, this.#snapshotOf(listener, pools));
    this.#lanes.keep(listener.name, pools, this.#surroundings.nextVersion());
  }

  #depart(name: string): void {
    const listener = this.#listeners.get(name);
    if (listener === undefined) return;
    this.#listeners.delete(name);
    this.#leavingListeners.set(name, listener);
  }

  #departPool(name: string): void {
    const pool = this.#pools.get(name);
    if (pool === undefined) return;
    this.#pools.delete(name);
    this.#leavingPools.set(name, pool);
  }

  #return(name: string): void {
    const pool = this.#leavingPools.get(name);
    if (pool === undefined) return;
    this.#leavingPools.delete(name);
    this.#pools.set(name, pool);
  }

  #releaseListener(name: string, version: number): void {
    this.#surroundings.clientTables.forget(name);
    this.#slots.retire(name, version);
    this.#lanes.retire(name, version);
  }
}

function noRoom(path: "listeners" | "pools"): Error {
  const message =
    "there are no places left, because sessions of removed ones still have them; wait for their end, or restart";
  return configError([{ path, message }]);
}
