// The backends that are shown, in the order in which they are shown.

import type { Overview } from "../../admin/answers.ts";
import type { BackendStatus } from "../../control/backend.ts";
import type { BackendRates, Rates } from "./rates.ts";

export interface BackendRow {
  /** `pool/backend`. */
  readonly identity: string;
  readonly pool: string;
  readonly backend: BackendStatus;
  readonly rates: BackendRates | undefined;
}

export const sortOrders = ["name", "state", "sessions", "rate", "bytes"] as const;
export type SortOrder = (typeof sortOrders)[number];

export interface Shown {
  readonly overview: Overview | undefined;
  readonly rates: Rates | undefined;
  readonly sort: SortOrder;
  /** Empty shows all. */
  readonly filter: string;
}

export function shownRows({ overview, rates, sort, filter }: Shown): readonly BackendRow[] {
  const wanted = filter.toLowerCase();
  return (overview?.pools ?? [])
    .flatMap(({ name: pool, backends }) =>
      backends.map((backend) => {
        const identity = `${pool}/${backend.name}`;
        return { identity, pool, backend, rates: rates?.backends.get(identity) };
      }),
    )
    .filter(({ identity, backend }) => `${identity} ${backend.state}`.toLowerCase().includes(wanted))
    .sort((one, other) => compare(one, other, sort) || compareNames(one, other));
}

function compare(one: BackendRow, other: BackendRow, sort: SortOrder): number {
  switch (sort) {
    case "name":
      return 0;
    case "state":
      return troubleOf(other) - troubleOf(one);
    case "sessions":
      return other.backend.active - one.backend.active;
    case "rate":
      return (other.rates?.sessions ?? 0) - (one.rates?.sessions ?? 0);
    case "bytes":
      return bytesOf(other) - bytesOf(one);
  }
}

/** b2 before b10. */
function compareNames(one: BackendRow, other: BackendRow): number {
  return one.identity.localeCompare(other.identity, "en", { numeric: true });
}

const troubles: ReadonlyMap<string, number> = new Map([
  ["ready", 0],
  ["drain", 1],
  ["maintenance", 2],
  ["ejected", 3],
  ["down", 4],
]);

function troubleOf({ backend }: BackendRow): number {
  return troubles.get(backend.state) ?? 0;
}

function bytesOf({ rates }: BackendRow): number {
  return (rates?.bytesUp ?? 0) + (rates?.bytesDown ?? 0);
}
