import type { Pulse } from "../worker/pulse.ts";

/** A thread that carries sessions, or the caller's own. */
export interface WorkerStats {
  readonly worker: number;
  /** Sessions now. */
  readonly active: number;
  /** How often another thread has taken its place. */
  readonly restarts: number;
  /** The most by which its loop was late in the second before its last beat, as far as it looked. Milliseconds, here and below. */
  readonly loopLagMs: number;
  /** Since its loop last said that it runs, which it does once a second; it grows while the loop is caught, or its thread is gone. */
  readonly heartbeatAgeMs: number;
}

export function workerStats(
  worker: number,
  active: number,
  restarts: number,
  pulse: Pulse,
  nowMs: number,
): WorkerStats {
  return { worker, active, restarts, loopLagMs: rounded(pulse.lagMs), heartbeatAgeMs: rounded(pulse.ageMs(nowMs)) };
}

/** What the clock gives beyond microseconds is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
