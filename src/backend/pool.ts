// A pool as a data plane sees it: who can serve now, and the pick.

import { isIPv6 } from "node:net";
import { hashText } from "../balance/hash.ts";
import type { Candidates, Policy, PolicyName } from "../balance/policy.ts";
import type { SocketAddress } from "../wire/address.ts";
import { claimTrial, type EjectionRule, isServing, isUsable } from "./ejection.ts";
import { type FreePlaces, PoolQueue, type QueueSnapshot } from "./queue.ts";
import { PickWeights, type SlowStartRule } from "./slow-start.ts";
import { administrativeOf, ejectionOf, FRESH, healthOf } from "./state.ts";
import { type BackendTable, NO_LIMIT } from "./table.ts";
import { rank, type Tiers } from "./tiers.ts";
import { isSameLine } from "./waiters.ts";

/** One address of a backend, as plain data for a data plane. */
export interface BackendRow {
  readonly row: number;
  readonly generation: number;
  /** The backend's name; its rows share it. */
  readonly name: string;
  /** `pool/name`, as logs show it. */
  readonly identity: string;
  readonly address: SocketAddress;
  readonly addressText: string;
  /** 0 takes no new sessions. */
  readonly weight: number;
  readonly backup: boolean;
}

/** A PROXY header to begin each connection with. What follows the version needs version 2. */
export interface SendProxySnapshot {
  readonly version: "v1" | "v2";
  readonly crc32c: boolean;
  /** The session's id. */
  readonly uniqueId: boolean;
  /** The host that the client asked for, and what it offered first, where that was seen. */
  readonly authority: boolean;
  readonly alpn: boolean;
  readonly custom: readonly { readonly type: number; readonly value: string }[];
}

/** A pool as plain data. Replaced whole. */
export interface PoolSnapshot {
  readonly name: string;
  /** `function`: the user's own, which lives in the caller's thread. */
  readonly policy: PolicyName | "function";
  /** In ascending order of `row`. */
  readonly rows: readonly BackendRow[];
  readonly dialTimeoutMs: number;
  readonly dialDeadlineMs: number;
  readonly attempts: number;
  readonly ejection: EjectionRule | undefined;
  /** Undefined where everybody has his whole weight at once. */
  readonly slowStart: SlowStartRule | undefined;
  /** The share of healthy rows below which health and ejection are ignored: 0 to 1. Undefined: never. */
  readonly panicBelow: number | undefined;
  /** Undefined where nobody waits: who finds every backend full is turned away. */
  readonly queue: QueueSnapshot | undefined;
  /** Its place in the counters. */
  readonly counterSlot: number;
  /** What its backends are told about the client first. */
  readonly sendProxy: SendProxySnapshot | undefined;
  /** IPs of this machine to dial from, in turn; empty where the system chooses. */
  readonly source: readonly string[];
}

/** Who waits in the queues of a data plane, and how others are woken. */
export interface Queueing {
  readonly worker: number;
  /** Has a worker, this one included, serve its queues; not within the call. */
  ring(worker: number): void;
}

/** What a policy is shown: one object for all picks, since it may keep nothing of it. */
interface View extends Candidates {
  ids: Int32Array;
  count: number;
  weight: Int32Array;
  weightUnit: number;
}

/** Picks among the rows of the snapshot that was applied last. */
export class Pool {
  readonly #table: BackendTable;
  #policy: Policy;
  readonly #view: View;
  #snapshot: PoolSnapshot;
  #byRow: ReadonlyMap<number, BackendRow> = new Map();
  #rows: readonly number[] = [];
  #hasLimits = false;
  /** As of `#epoch`, and until they say themselves. */
  #tiers: Tiers = { usable: [], lastResort: [], freshUntilMs: 0, isPanic: false, well: [] };
  readonly #weights: PickWeights;
  #freshUntilMs = 0;
  #epoch = -1;
  #filtered: Int32Array = new Int32Array(0);
  #isLastResort = false;
  #pickedTrial = false;
  /** Whose turn it is to be dialled from. */
  #nextSource = 0;
  readonly #queueing: Queueing;
  #queue: PoolQueue | undefined;

  constructor(snapshot: PoolSnapshot, table: BackendTable, policy: Policy, queueing: Queueing = ALONE) {
    this.#queueing = queueing;
    this.#table = table;
    this.#policy = policy;
    this.#snapshot = snapshot;
    this.#weights = new PickWeights(table);
    this.#view = { ids: this.#filtered, count: 0, active: table.active, weight: table.weight, weightUnit: 1 };
    this.apply(snapshot);
  }

  get snapshot(): PoolSnapshot {
    return this.#snapshot;
  }

  /** Every row number, for ejection's "never the last one". */
  get rows(): readonly number[] {
    return this.#rows;
  }

  /** Whether the last `pick` gave the one trial dial of a backend whose ejection is over. */
  get pickedTrial(): boolean {
    return this.#pickedTrial;
  }

  /** Whether `pick` looks at who the client is: its address need not be written out otherwise. */
  get usesClientIp(): boolean {
    return this.#policy.usesKey || this.#snapshot.policy === "function";
  }

  /** Where sessions wait while every backend is full; undefined where they are turned away. */
  get queue(): PoolQueue | undefined {
    return this.#queue;
  }

  backend(row: number): BackendRow | undefined {
    return this.#byRow.get(row);
  }

  /** Whether a session that begins now is to go elsewhere: the backend that was picked is no more, or should have no new ones. */
  hasLost(picked: BackendRow | undefined, nowMs: number): boolean {
    if (picked === undefined) return false;
    const { row, generation } = picked;
    if (this.#byRow.get(row)?.generation !== generation) return true;
    return !isServing(this.#table, row) && this.mayServe([row], nowMs) && !this.#tiers.isPanic;
  }

  /** @param policy another one from now on. */
  apply(snapshot: PoolSnapshot, policy: Policy = this.#policy): void {
    this.#snapshot = snapshot;
    this.#policy = policy;
    this.#byRow = new Map(snapshot.rows.map((backend) => [backend.row, backend]));
    this.#rows = snapshot.rows.map(({ row }) => row);
    this.#filtered = new Int32Array(snapshot.rows.length);
    this.#epoch = -1;
    this.#policy.arrange(
      snapshot.rows
        .filter(({ weight }) => weight > 0)
        .map(({ row, identity, addressText, weight }) => ({ id: row, key: `${identity} ${addressText}`, weight })),
    );
    this.#applyQueue(snapshot.queue);
  }

  /**
   * Picks a backend and counts the session there: whoever calls owes `table.release(row)`. Allocates nothing unless who
   * can serve has changed.
   * @param tried rows this session has dialled in vain.
   * @returns a row, or -1 when none can serve.
   */
  pick(clientIp: string, tried: readonly number[], nowMs: number): number {
    const key = this.#policy.usesKey ? hashText(clientIp) : 0;
    // Another worker may take the last place between the look and the admission; each round has one candidate less.
    for (let round = 0; round <= this.#rows.length; round++) {
      const row = this.#policy.pick(this.#candidates(tried, nowMs), key, clientIp);
      if (row < 0) return -1;
      if (!this.#table.admit(row)) continue;
      const isOut = ejectionOf(this.#table.state[row] ?? FRESH) !== "in";
      this.#pickedTrial = isOut && claimTrial(this.#table, row, nowMs);
      if (!isOut || this.#pickedTrial || this.#isLastResort || this.#tiers.isPanic) return row;
      this.#table.release(row);
    }
    return -1;
  }

  /** Where the next dial to that address comes from; undefined where the system is to choose. */
  sourceFor(address: SocketAddress): string | undefined {
    const { source } = this.#snapshot;
    if (source.length === 0 || address.kind !== "ip") return undefined;
    const isIpv6Wanted = isIPv6(address.ip);
    for (let round = 0; round < source.length; round++) {
      const ip = source[this.#nextSource++ % source.length] ?? "";
      if (isIPv6(ip) === isIpv6Wanted) return ip;
    }
    return undefined;
  }

  /** The pool is in no snapshot any more: nobody waits for it, and its rows may be others'. */
  close(): void {
    this.apply({ ...this.#snapshot, rows: [], queue: undefined });
  }

  /** Gives back what `pick` has counted. */
  release(row: number): void {
    this.#table.release(row);
    if (this.#queue === undefined) return;
    if (isServing(this.#table, row) || this.#tiers.isPanic) this.#queue.wakeNext();
  }

  /** Whether somebody would be picked if nobody were full: it makes sense to wait. */
  mayServe(tried: readonly number[], nowMs: number): boolean {
    this.#refresh(nowMs);
    return isInOneOf(this.#tiers.usable, tried) || isInOneOf(this.#tiers.lastResort, tried);
  }

  /** Lets those try who wait and have been woken. */
  serveQueue(nowMs: number): void {
    this.#queue?.serve(this.#freePlacesAt(nowMs));
  }

  /** For now and then, too: finds a place that came by itself. */
  lookAfterQueue(nowMs: number): void {
    this.#queue?.lookAfter(this.#freePlacesAt(nowMs));
  }

  /** Somebody waits now, and whoever has given a place back before has seen nobody. */
  fillFromQueue(nowMs: number): void {
    this.#queue?.fill(this.#freePlacesAt(nowMs));
  }

  /** `2 down, 1 ejected`: for whoever asks why a client was turned away. */
  whyNobodyServes(nowMs: number): string {
    const reasons = new Map<string, number>();
    for (const { row } of this.#snapshot.rows) {
      const reason = this.#whyNot(row, nowMs);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (reasons.size === 0) return "the pool has no backend, or its names do not resolve";
    return [...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
  }

  #whyNot(row: number, nowMs: number): string {
    const word = this.#table.state[row] ?? FRESH;
    const administrative = administrativeOf(word);
    if (administrative !== "ready") return administrative;
    if (healthOf(word) === "down") return "down";
    if ((this.#table.weight[row] ?? 0) === 0) return "with weight 0";
    return isUsable(this.#table, row, nowMs) ? "at max-connections" : "ejected";
  }

  /** Those of the first tier in which somebody is neither full nor tried. */
  #candidates(tried: readonly number[], nowMs: number): Candidates {
    this.#refresh(nowMs);
    const { usable, lastResort, well } = this.#tiers;
    this.#isLastResort = false;
    // A client pays at most one dial for a panic while somebody is well.
    if (tried.length > 0 && this.#show(well, tried)) return this.#view;
    if (this.#show(usable, tried)) return this.#view;
    // Rather wait for one that is well.
    if (this.#queue !== undefined && isInOneOf(usable, tried)) return this.#view;
    this.#isLastResort = true;
    this.#show(lastResort, tried);
    return this.#view;
  }

  #show(tiers: readonly Int32Array[], tried: readonly number[]): boolean {
    this.#view.count = 0;
    for (const tier of tiers) {
      if (tried.length === 0 && !this.#hasLimits) {
        this.#view.ids = tier;
        this.#view.count = tier.length;
      } else this.#filter(tier, tried);
      if (this.#view.count > 0) return true;
    }
    return false;
  }

  #filter(tier: Int32Array, tried: readonly number[]): void {
    const { active, limit } = this.#table;
    let count = 0;
    for (const row of tier) {
      if ((active[row] ?? 0) >= (limit[row] ?? 0) || tried.includes(row)) continue;
      this.#filtered[count] = row;
      count++;
    }
    this.#view.ids = this.#filtered;
    this.#view.count = count;
  }

  #freePlacesAt(nowMs: number): FreePlaces {
    return (tried, most) => {
      const { ids, count } = this.#candidates(tried, nowMs);
      const { active, limit } = this.#table;
      let free = 0;
      for (let index = 0; index < count && free < most; index++) {
        const row = ids[index] ?? 0;
        free += Math.max(0, (limit[row] ?? 0) - (active[row] ?? 0));
      }
      return free;
    };
  }

  #applyQueue(snapshot: QueueSnapshot | undefined): void {
    const before = this.#queue;
    if (before !== undefined && snapshot !== undefined && isSameLine(before.memory, snapshot.memory)) {
      before.limit = snapshot.limit;
      before.timeoutMs = snapshot.timeoutMs;
      return;
    }
    const { worker } = this.#queueing;
    this.#queue =
      snapshot === undefined ? undefined : new PoolQueue(snapshot, worker, (other) => this.#queueing.ring(other));
    before?.dissolve();
  }

  #refresh(nowMs: number): void {
    const epoch = this.#table.epoch;
    if (epoch === this.#epoch && nowMs < this.#freshUntilMs) return;
    const { rows, slowStart, panicBelow } = this.#snapshot;
    const weights = this.#weights;
    this.#epoch = epoch;
    // Also set at run time, without another snapshot.
    this.#hasLimits = this.#rows.some((row) => this.#table.limit[row] !== NO_LIMIT);
    this.#tiers = rank(rows, this.#table, nowMs, panicBelow);
    // Who goes by a key stays with what the key says.
    weights.refresh(this.#rows, this.#policy.usesKey ? undefined : slowStart, nowMs);
    this.#view.weight = weights.weight;
    this.#view.weightUnit = weights.unit;
    this.#freshUntilMs = Math.min(this.#tiers.freshUntilMs, weights.freshUntilMs);
  }
}

/** Of a plane without queues. */
const ALONE: Queueing = { worker: 0, ring() {} };

/** Whether a row is left in one of the tiers. */
function isInOneOf(tiers: readonly Int32Array[], tried: readonly number[]): boolean {
  return tiers.some((tier) => tier.some((row) => !tried.includes(row)));
}
