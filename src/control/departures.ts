// What a reload has taken out of the configuration, until nobody needs it: listeners with live sessions, and pools that
// somebody may be on the way to.

import type { Clock, Timer } from "../clock.ts";
import type { Log } from "../observe/log.ts";
import type { Admission } from "../session/admission.ts";
import type { DataPlane } from "./data-plane.ts";
import type { Roster } from "./roster.ts";

export interface DeparturesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly roster: Roster;
  readonly admission: Pick<Admission, "listenerActive">;
  readonly dataPlane: Pick<DataPlane, "abort" | "sessions">;
  readonly publish: () => void;
}

interface Departure {
  /** Until then its sessions may finish. Monotonic milliseconds. */
  readonly untilMs: number;
  isCutShort: boolean;
}

/** Between two looks whether somebody is left. */
const LOOK_MS = 100;

/** Sees out what is leaving. */
export class Departures {
  readonly #options: DeparturesOptions;
  readonly #listeners = new Map<string, Departure>();
  readonly #pools = new Map<string, Departure & { readonly sinceMs: number }>();
  #looking: Timer | undefined;

  constructor(options: DeparturesOptions) {
    this.#options = options;
  }

  /** Lets nobody go until `begin` or `resume`: who is leaving may be about to come back. */
  pause(): void {
    this.#looking?.cancel();
  }

  /** Goes on as before `pause`. */
  resume(): void {
    this.#looking?.cancel();
    this.#lookLater();
  }

  /**
   * Once every data plane runs without them: sees out whoever is leaving and was not before.
   * @param graceMs how long sessions may finish; the rest is reset.
   */
  begin(graceMs: number): void {
    const { clock, roster } = this.#options;
    const nowMs = clock.nowMs();
    const untilMs = nowMs + graceMs;
    // What has come back is staying.
    for (const name of this.#listeners.keys()) if (!roster.leavingListeners.has(name)) this.#listeners.delete(name);
    for (const name of this.#pools.keys()) if (!roster.leavingPools.has(name)) this.#pools.delete(name);
    for (const name of roster.leavingListeners.keys()) {
      if (!this.#listeners.has(name)) this.#listeners.set(name, { untilMs, isCutShort: false });
    }
    for (const name of roster.leavingPools.keys()) {
      if (!this.#pools.has(name)) this.#pools.set(name, { untilMs, isCutShort: false, sinceMs: nowMs });
    }
    this.resume();
  }

  close(): void {
    this.#looking?.cancel();
    this.#listeners.clear();
    this.#pools.clear();
  }

  #look(): void {
    const { clock, publish } = this.#options;
    const nowMs = clock.nowMs();
    let hasChanged = false;
    for (const [name, departure] of this.#listeners)
      if (this.#seeOutListener(name, departure, nowMs)) hasChanged = true;
    const rows: number[] = [];
    for (const [name, { sinceMs, untilMs }] of this.#pools) {
      if (nowMs < untilMs && this.#isAwaited(sinceMs)) continue;
      rows.push(...this.#releasePool(name));
      hasChanged = true;
    }
    if (hasChanged) publish();
    if (rows.length > 0) void this.#options.dataPlane.abort("backend-removed", { kind: "rows", rows });
    this.#lookLater();
  }

  /** Not at once: who was accepted last may not be counted yet. */
  #lookLater(): void {
    if (this.#listeners.size + this.#pools.size === 0) return;
    this.#looking = this.#options.clock.setTimer(() => this.#look(), LOOK_MS);
  }

  /** @returns whether it has gone. */
  #seeOutListener(name: string, departure: Departure, nowMs: number): boolean {
    const { admission, dataPlane, log, roster } = this.#options;
    const listener = roster.leavingListeners.get(name);
    const sessions = listener === undefined ? 0 : admission.listenerActive(listener.slot);
    if (listener === undefined || sessions === 0) {
      this.#listeners.delete(name);
      if (listener !== undefined) roster.releaseListener(name);
      return listener !== undefined;
    }
    if (nowMs >= departure.untilMs && !departure.isCutShort) {
      departure.isCutShort = true;
      log.info("drain", { listener: name, sessions }, `Resetting ${sessions} sessions of the removed listener ${name}`);
      void dataPlane.abort("shutdown", { kind: "listener", slot: listener.slot });
    }
    return false;
  }

  /** @returns the rows whose sessions are to be closed. */
  #releasePool(name: string): readonly number[] {
    const { roster } = this.#options;
    this.#pools.delete(name);
    const isClosing = roster.leavingPools.get(name)?.config.onRemove === "close";
    const rows = roster.releasePool(name);
    return isClosing ? rows : [];
  }

  /** Whether a session from before has not found its backend yet: it may be on the way to any pool that there was. */
  #isAwaited(sinceMs: number): boolean {
    return this.#options.dataPlane.sessions.some((table) => table.oldest().undecidedAtMs <= sinceMs);
  }
}
