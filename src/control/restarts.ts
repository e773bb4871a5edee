/** At most so many … */
const MOST = 3;
/** … within this. */
const WITHIN_MS = 60_000;
/** The first at once, nearly: clients wait for it. */
const FIRST_DELAY_MS = 100;
const FACTOR = 4;

/** When dead workers are started anew, and when that is given up. */
export class Restarts {
  readonly #atMs: number[] = [];

  /** @returns how long to wait with the next one; undefined when there were too many. */
  next(nowMs: number): number | undefined {
    while (this.#atMs.length > 0 && nowMs - (this.#atMs[0] ?? 0) >= WITHIN_MS) this.#atMs.shift();
    if (this.#atMs.length >= MOST) return undefined;
    const delayMs = FIRST_DELAY_MS * FACTOR ** this.#atMs.length;
    this.#atMs.push(nowMs);
    return delayMs;
  }
}
