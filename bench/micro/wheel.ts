import { TICK_MS, Wheel, type WheelEntry } from "../../src/session/wheel.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

const SESSIONS = 10_000;
const TIMEOUT_MS = 60_000;

class Entry implements WheelEntry {
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  wheelSlot = -1;
  wheelDueMs = 0;
  readonly #wheel: Wheel;

  constructor(wheel: Wheel) {
    this.#wheel = wheel;
  }

  /** As a session that has been active does. */
  onDue(nowMs: number): void {
    this.#wheel.arm(this, nowMs + TIMEOUT_MS);
  }
}

/** The timers of sessions: set and cleared by each, and looked through at every tick. */
export function measureWheel(): Costs {
  const wheel = new Wheel(0);
  const entries = Array.from({ length: SESSIONS }, () => new Entry(wheel));
  entries.forEach((entry, index) => wheel.arm(entry, (index * TIMEOUT_MS) / SESSIONS));
  const passing = new Entry(wheel);
  const armed = nanosecondsEach((index) => {
    wheel.arm(passing, TIMEOUT_MS + (index % 1_000));
    wheel.disarm(passing);
  });
  let nowMs = 0;
  const tick = nanosecondsEach(() => {
    nowMs += TICK_MS;
    wheel.advance(nowMs);
  });
  return { "wheel, arm and disarm": armed, "wheel, a tick with 10,000 sessions of a minute each": tick };
}
