// The last 15 minutes, a sample a second.

import type { ListenerStats } from "../control/stats.ts";
import { type EndReason, endReasons } from "../session/end.ts";
import type { History } from "./answers.ts";

const MOST_SAMPLES = 900;

interface Sample {
  readonly atMs: number;
  readonly active: number;
  readonly ended: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Ends in this second, by how. */
  readonly ends: ReadonlyMap<EndReason, number>;
}

type Counted = Pick<ListenerStats, "name" | "ends" | "bytesUp" | "bytesDown">;

/** Bounded; what is added costs about as much as there are listeners. */
export class HistoryRecord {
  #samples: Sample[] = [];
  /** How many of each there were in all samples. */
  readonly #ends = new Map<EndReason, number>();
  #before = new Map<string, Counted>();
  #hasBegun = false;

  /** @param wallMs milliseconds since 1970. */
  add(wallMs: number, active: number, listeners: readonly Counted[]): void {
    const ends = new Map<EndReason, number>();
    let bytesUp = 0;
    let bytesDown = 0;
    for (const listener of listeners) {
      const before = this.#before.get(listener.name);
      bytesUp += grown(listener.bytesUp, before?.bytesUp);
      bytesDown += grown(listener.bytesDown, before?.bytesDown);
      for (const end of endReasons) {
        const more = grown(listener.ends[end] ?? 0, before?.ends[end]);
        if (more > 0) ends.set(end, (ends.get(end) ?? 0) + more);
      }
    }
    this.#before = new Map(listeners.map((listener) => [listener.name, listener]));
    // What was before the first sample did not happen in that second.
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    if (isFirst) return;
    const ended = [...ends.values()].reduce((sum, count) => sum + count, 0);
    this.#push({ atMs: Math.round(wallMs), active, ended, bytesUp, bytesDown, ends });
  }

  read(): History {
    const samples = this.#samples;
    return {
      atMs: samples.map(({ atMs }) => atMs),
      activeSessions: samples.map(({ active }) => active),
      endedSessions: samples.map(({ ended }) => ended),
      bytesUp: samples.map((sample) => sample.bytesUp),
      bytesDown: samples.map((sample) => sample.bytesDown),
      ends: Object.fromEntries(
        [...this.#ends.keys()].map((end) => [end, samples.map(({ ends }) => ends.get(end) ?? 0)]),
      ),
    };
  }

  #push(sample: Sample): void {
    for (const [end, count] of sample.ends) this.#ends.set(end, (this.#ends.get(end) ?? 0) + count);
    this.#samples.push(sample);
    if (this.#samples.length <= MOST_SAMPLES) return;
    const [oldest, ...rest] = this.#samples;
    this.#samples = rest;
    for (const [end, count] of oldest?.ends ?? []) {
      const left = (this.#ends.get(end) ?? 0) - count;
      if (left > 0) this.#ends.set(end, left);
      else this.#ends.delete(end);
    }
  }
}

/** A listener that was removed and comes back counts anew. */
function grown(now: number, before = 0): number {
  return now >= before ? now - before : now;
}
