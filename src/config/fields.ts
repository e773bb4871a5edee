// Looking into what has not been checked yet.

import { quote } from "../wire/quote.ts";

export type Fields = ReadonlyMap<string, unknown>;

// Names in one message: enough to choose from, few enough for a line.
const MOST_SHOWN = 10;

/** The fields of an object, or undefined where it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value));
}

/** `the pools are "a", "b"`, to choose from. */
export function known(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).map(quote).join(", ");
  return `the pools are ${shown}${names.length > MOST_SHOWN ? ", …" : ""}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a list; none where it is no list. */
export function recordsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
