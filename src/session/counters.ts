// What the metrics count, in shared memory: each worker writes its own, the control plane adds them up. Counters only
// grow. Plain numbers in a Float64Array: exact up to 2^53, and one writer needs no atomics.

import type { DialFailureKind } from "../transport/transport.ts";
import { type EndReason, endReasons } from "./end.ts";

/** Results of a dial, in the order of their counters. */
export const dialResults = ["ok", "refused", "timeout", "reset", "unreachable", "local"] as const;
export type DialResult = (typeof dialResults)[number];

/** Upper bounds of the histogram buckets, milliseconds; the last bucket has none. */
export const bucketBoundsMs: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 60_000];
const BUCKETS: number = bucketBoundsMs.length + 1;

/** The histograms of a pool, in the order of their counters. */
export const histogramNames = ["dial", "firstByte", "session", "queue"] as const;
export type HistogramName = (typeof histogramNames)[number];
// The buckets and the sum.
const HISTOGRAM_SIZE: number = BUCKETS + 1;

/** A lane is a listener together with a pool that it serves, or with none. */
export const LANES = 8192;
const LANE_BYTES_UP: number = endReasons.length;
const LANE_BYTES_DOWN: number = LANE_BYTES_UP + 1;
const LANE_IRREGULAR: number = LANE_BYTES_DOWN + 1;
const LANE_ANSWERS: number = LANE_IRREGULAR + 1;
/** The statuses of own answers. */
const FIRST_STATUS = 400;
const STATUSES = 200;
const LANE_SIZE: number = LANE_ANSWERS + STATUSES;

/** Pools at most. */
export const POOLS = 4096;
const POOL_SIZE: number = 1 + histogramNames.length * HISTOGRAM_SIZE;

const ROW_SIZE: number = dialResults.length + 4;
const ROW_SESSIONS: number = dialResults.length;
const ROW_BYTES_UP: number = ROW_SESSIONS + 1;
const ROW_BYTES_DOWN: number = ROW_BYTES_UP + 1;
const ROW_EJECTIONS: number = ROW_BYTES_DOWN + 1;

const POOLS_START: number = LANES * LANE_SIZE;
const ROWS_START: number = POOLS_START + POOLS * POOL_SIZE;

export interface HistogramCounts {
  /** One more than there are bounds; not cumulated. */
  readonly buckets: readonly number[];
  readonly sumMs: number;
  readonly count: number;
}

export interface LaneCounts {
  /** Only ends that have happened. */
  readonly ends: Readonly<Partial<Record<EndReason, number>>>;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Requests that two servers may read differently, whether they were served or not. */
  readonly irregular: number;
  /** HTTP answers of lb-tcp's own, by status. Only those that were given. */
  readonly answers: Readonly<Record<number, number>>;
}

export interface RowCounts {
  readonly dials: Readonly<Record<DialResult, number>>;
  readonly sessions: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly ejections: number;
}

export class Counters {
  readonly memory: SharedArrayBuffer;
  readonly #values: Float64Array;

  constructor(rows: number, memory?: SharedArrayBuffer) {
    const size = (ROWS_START + rows * ROW_SIZE) * Float64Array.BYTES_PER_ELEMENT;
    this.memory = memory ?? new SharedArrayBuffer(size);
    this.#values = new Float64Array(this.memory);
  }

  /** A session has ended. @param bytesUp those that `countBytes` has not counted, here and below. */
  countSession(lane: number, end: EndReason, bytesUp: number, bytesDown: number): void {
    const start = laneStart(lane);
    this.#add(start + endReasons.indexOf(end), 1);
    this.#add(start + LANE_BYTES_UP, bytesUp);
    this.#add(start + LANE_BYTES_DOWN, bytesDown);
  }

  /** Of a session that goes on. */
  countBytes(lane: number, row: number, bytesUp: number, bytesDown: number): void {
    const [laneAt, rowAt] = [laneStart(lane), rowStart(row)];
    this.#add(laneAt + LANE_BYTES_UP, bytesUp);
    this.#add(laneAt + LANE_BYTES_DOWN, bytesDown);
    this.#add(rowAt + ROW_BYTES_UP, bytesUp);
    this.#add(rowAt + ROW_BYTES_DOWN, bytesDown);
  }

  /** @param status 400 to 599. */
  countAnswer(lane: number, status: number): void {
    if (status < FIRST_STATUS || status >= FIRST_STATUS + STATUSES) throw new RangeError(`no status ${status}`);
    this.#add(laneStart(lane) + LANE_ANSWERS + status - FIRST_STATUS, 1);
  }

  countIrregular(lane: number): void {
    this.#add(laneStart(lane) + LANE_IRREGULAR, 1);
  }

  countDial(row: number, result: DialFailureKind | "ok"): void {
    this.#add(rowStart(row) + dialResults.indexOf(result), 1);
  }

  countBackendSession(row: number, bytesUp: number, bytesDown: number): void {
    const start = rowStart(row);
    this.#add(start + ROW_SESSIONS, 1);
    this.#add(start + ROW_BYTES_UP, bytesUp);
    this.#add(start + ROW_BYTES_DOWN, bytesDown);
  }

  countEjection(row: number): void {
    this.#add(rowStart(row) + ROW_EJECTIONS, 1);
  }

  countRetry(pool: number): void {
    this.#add(poolStart(pool), 1);
  }

  observe(pool: number, name: HistogramName, valueMs: number): void {
    const start = histogramStart(pool, name);
    let bucket = 0;
    while (bucket < bucketBoundsMs.length && valueMs > (bucketBoundsMs[bucket] ?? 0)) bucket++;
    this.#add(start + bucket, 1);
    this.#add(start + BUCKETS, valueMs);
  }

  lane(lane: number): LaneCounts {
    const start = laneStart(lane);
    const ends: Partial<Record<EndReason, number>> = {};
    for (const [index, end] of endReasons.entries()) {
      const count = this.#at(start + index);
      if (count > 0) ends[end] = count;
    }
    const answers: Record<number, number> = {};
    for (let index = 0; index < STATUSES; index++) {
      const count = this.#at(start + LANE_ANSWERS + index);
      if (count > 0) answers[FIRST_STATUS + index] = count;
    }
    return {
      ends,
      bytesUp: this.#at(start + LANE_BYTES_UP),
      bytesDown: this.#at(start + LANE_BYTES_DOWN),
      irregular: this.#at(start + LANE_IRREGULAR),
      answers,
    };
  }

  row(row: number): RowCounts {
    const start = rowStart(row);
    const dials = { ok: 0, refused: 0, timeout: 0, reset: 0, unreachable: 0, local: 0 };
    for (const [index, result] of dialResults.entries()) dials[result] = this.#at(start + index);
    return {
      dials,
      sessions: this.#at(start + ROW_SESSIONS),
      bytesUp: this.#at(start + ROW_BYTES_UP),
      bytesDown: this.#at(start + ROW_BYTES_DOWN),
      ejections: this.#at(start + ROW_EJECTIONS),
    };
  }

  retries(pool: number): number {
    return this.#at(poolStart(pool));
  }

  histogram(pool: number, name: HistogramName): HistogramCounts {
    const start = histogramStart(pool, name);
    const buckets = Array.from({ length: BUCKETS }, (_, index) => this.#at(start + index));
    return { buckets, sumMs: this.#at(start + BUCKETS), count: buckets.reduce((sum, count) => sum + count, 0) };
  }

  #add(index: number, amount: number): void {
    this.#values[index] = this.#at(index) + amount;
  }

  #at(index: number): number {
    return this.#values[index] ?? 0;
  }
}

function laneStart(lane: number): number {
  if (lane >= LANES) throw new RangeError(`lane ${lane} of at most ${LANES}`);
  return lane * LANE_SIZE;
}

function poolStart(pool: number): number {
  if (pool >= POOLS) throw new RangeError(`pool ${pool} of at most ${POOLS}`);
  return POOLS_START + pool * POOL_SIZE;
}

function rowStart(row: number): number {
  return ROWS_START + row * ROW_SIZE;
}

function histogramStart(pool: number, name: HistogramName): number {
  return poolStart(pool) + 1 + histogramNames.indexOf(name) * HISTOGRAM_SIZE;
}
