// What a reload has changed, for whoever asked for it and for the log.

import type { ConfigDiff, PoolChange } from "../config/diff.ts";

/** Names by what became of them. */
export interface NameChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** What is different from now on. */
export interface ReloadReport {
  readonly listeners: NameChanges;
  readonly pools: NameChanges;
  /** As `pool/name`; those of pools that are new or gone are not listed. */
  readonly backends: NameChanges;
  /** Paths of options whose new value takes effect at the next start only. */
  readonly restartRequired: readonly string[];
}

export function reportOf({ listeners, pools, restartRequired }: ConfigDiff): ReloadReport {
  const identities = (list: (change: PoolChange) => readonly { readonly name: string }[]): string[] =>
    pools.changed.flatMap((change) => list(change).map(({ name }) => `${change.after.name}/${name}`));
  return {
    listeners: {
      added: names(listeners.added),
      removed: names(listeners.removed),
      changed: names(listeners.changed),
    },
    pools: {
      added: names(pools.added),
      removed: names(pools.removed),
      changed: names(pools.changed.map(({ after }) => after)),
    },
    backends: {
      added: identities(({ added }) => added),
      removed: identities(({ removed }) => removed),
      changed: identities(({ changed }) => changed.map(({ after }) => after)),
    },
    restartRequired,
  };
}

// Something else may have: the webhook.
const NOTHING = "no listener, pool or backend has changed";

/** `pools added: api; backends removed: web/a`, or that nothing of these has changed. */
export function describeReport({ listeners, pools, backends }: ReloadReport): string {
  const parts = Object.entries({ listeners, pools, backends }).flatMap(([what, changes]) =>
    (["added", "removed", "changed"] as const).flatMap((how) => {
      const list = changes[how];
      return list.length === 0 ? [] : [`${what} ${how}: ${shown(list)}`];
    }),
  );
  return parts.length === 0 ? NOTHING : parts.join("; ");
}

/** Enough to recognise, few enough for a line. */
const MOST_SHOWN = 10;

function shown(list: readonly string[]): string {
  const more = list.length - MOST_SHOWN;
  return more > 0 ? `${list.slice(0, MOST_SHOWN).join(", ")} and ${more} more` : list.join(", ");
}

function names(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}
