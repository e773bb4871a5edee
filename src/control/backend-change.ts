import type { AdministrativeState } from "../backend/state.ts";
import type { BackendConfig } from "../config/config.ts";
import type { BackendChange } from "./override.ts";
import type { OverrideValues } from "./overrides.ts";

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

type Wanted = { readonly [Key in keyof BackendChange]: BackendChange[Key] | undefined };

/** A backend as it is in force. */
interface InForce {
  readonly administrative: AdministrativeState;
  readonly weight: number;
  /** Infinity where there is no limit. */
  readonly maxConnections: number;
  readonly config: BackendConfig;
}

/** The part of a change that changes something, and what it leaves as overrides: nothing where it is what the configuration says. */
export interface EffectiveChange {
  readonly set: BackendChange;
  readonly values: Partial<OverrideValues>;
  readonly isEmpty: boolean;
}

export function effectiveChange({ state, weight, maxConnections }: Wanted, backend: InForce): EffectiveChange {
  const { config } = backend;
  const set: Writable<BackendChange> = {};
  const values: Partial<Writable<OverrideValues>> = {};
  if (state !== undefined && state !== backend.administrative) {
    set.state = state;
    values.state = state === "ready" ? null : state;
  }
  if (weight !== undefined && weight !== backend.weight) {
    set.weight = weight;
    values.weight = weight === config.weight ? null : weight;
  }
  if (maxConnections !== undefined && limitOf(maxConnections) !== backend.maxConnections) {
    set.maxConnections = maxConnections;
    values.maxConnections = limitOf(maxConnections) === config.maxConnections ? null : maxConnections;
  }
  return { set, values, isEmpty: Object.keys(set).length === 0 };
}

/** Infinity where it is off. */
export function limitOf(maxConnections: number | "off"): number {
  return maxConnections === "off" ? Number.POSITIVE_INFINITY : maxConnections;
}
