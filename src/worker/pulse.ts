const LAST_BEAT = 0;
const LAG = 1;
const VALUES = 2;

/** How lively a worker is, in shared memory: written by the worker, read by the control plane. */
export class Pulse {
  readonly memory: SharedArrayBuffer;
  readonly #values: Float64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(VALUES * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#values = new Float64Array(memory);
  }

  /** @param lagMs by how much its loop was late since the beat before. */
  beat(nowMs: number, lagMs: number): void {
    this.#values[LAST_BEAT] = nowMs;
    this.#values[LAG] = lagMs;
  }

  get lagMs(): number {
    return this.#values[LAG] ?? 0;
  }

  /** Since the last beat; 0 before the first. */
  ageMs(nowMs: number): number {
    const lastMs = this.#values[LAST_BEAT] ?? 0;
    return lastMs === 0 ? 0 : Math.max(0, nowMs - lastMs);
  }
}
