// What one flag is: --help, `explain`, the README and the reading of flags and variables all come from it.

import type { Kind } from "./kind.ts";

/** The headings of --help, in its order. */
export const keyGroups = [
  "Listeners",
  "Backends",
  "Sessions",
  "Health",
  "Peek and routes",
  "Access",
  "Process",
  "Logs",
  "Admin",
] as const;
export type KeyGroup = (typeof keyGroups)[number];

export interface Key {
  /** Without its dashes. */
  readonly flag: string;
  /** Other flags that mean the same. They have no variable. */
  readonly aliases: readonly string[];
  readonly variable: string;
  /** Variables of other programs that are read where its own is not set. */
  readonly otherVariables: readonly string[];
  readonly group: KeyGroup;
  readonly meaning: string;
  /** What stands for the value in --help. */
  readonly placeholder: string;
  /** The words that can be its value, where it has such. */
  readonly words: readonly string[];
  /** As shown to people, undefined where there is none. */
  readonly defaultText: string | undefined;
  /** May be given more than once; in the environment its values are separated by commas. */
  readonly repeatable: boolean;
}

/** A key that has one value, and a default. */
export interface Setting<T> extends Key, Kind<T> {
  readonly defaultText: string;
}

export function setting<T>(flag: string, group: KeyGroup, kind: Kind<T>, meaning: string): Setting<T> {
  return { ...plainKey(flag, group, meaning), ...kind };
}

/** What all keys have in common, to be spread and completed. */
export function plainKey(flag: string, group: KeyGroup, meaning: string): Omit<Key, "placeholder" | "defaultText"> {
  return {
    flag,
    aliases: [],
    variable: variableOf(flag),
    otherVariables: [],
    group,
    meaning,
    words: [],
    repeatable: false,
  };
}

export function variableOf(flag: string): string {
  return `LB_TCP_${flag.toUpperCase().replaceAll("-", "_")}`;
}
