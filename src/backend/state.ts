// The state of a backend in one 32-bit word, so that one compare-exchange changes it and one load reads it.

/** What an operator wants of it. `removed` is how a row says goodbye until its last session has ended. */
export const administrativeStates = ["ready", "drain", "maintenance", "removed"] as const;
export type AdministrativeState = (typeof administrativeStates)[number];

/** What probes say. `unknown` until the first result: it serves. */
export const healthStates = ["unknown", "up", "down"] as const;
export type HealthState = (typeof healthStates)[number];

/** What dials say. `trial`: its time out is over and one dial is under way to see whether it is well again. */
export const ejectionStates = ["in", "ejected", "trial"] as const;
export type EjectionState = (typeof ejectionStates)[number];

const ADMINISTRATIVE_BITS = 0b11;
const HEALTH_BITS = 0b1100;
const HEALTH_SHIFT = 2;
const EJECTION_BITS = 0b110000;
const EJECTION_SHIFT = 4;

/** The word of a fresh row: ready, unknown, in. */
export const FRESH = 0;

export function administrativeOf(word: number): AdministrativeState {
  return administrativeStates[word & ADMINISTRATIVE_BITS] ?? "removed";
}

export function healthOf(word: number): HealthState {
  return healthStates[(word & HEALTH_BITS) >> HEALTH_SHIFT] ?? "unknown";
}

export function ejectionOf(word: number): EjectionState {
  return ejectionStates[(word & EJECTION_BITS) >> EJECTION_SHIFT] ?? "in";
}

export function withAdministrative(word: number, state: AdministrativeState): number {
  return (word & ~ADMINISTRATIVE_BITS) | administrativeStates.indexOf(state);
}

export function withHealth(word: number, state: HealthState): number {
  return (word & ~HEALTH_BITS) | (healthStates.indexOf(state) << HEALTH_SHIFT);
}

export function withEjection(word: number, state: EjectionState): number {
  return (word & ~EJECTION_BITS) | (ejectionStates.indexOf(state) << EJECTION_SHIFT);
}
