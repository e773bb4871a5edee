// What is said about flags that do not exist, or have no value.

import type { Given } from "../config/given.ts";
import { keyOfFlag, keys } from "../config/keys.ts";
import { nearest } from "../config/suggestion.ts";
import type { Problem } from "../errors.ts";
import { printable } from "../wire/quote.ts";

export interface FlagProblems {
  readonly problems: readonly Problem[];
  /** The flags, with dashes, about which these say enough: also what an unknown flag was meant to be. */
  readonly spokenOf: ReadonlySet<string>;
}

/** @param unknown As written, perhaps with `=` and a value. */
export function flagProblems(argv: readonly string[], flags: Given["flags"], unknown: readonly string[]): FlagProblems {
  const problems: Problem[] = [];
  const spokenOf = new Set<string>();
  const taken = new Set<string>();
  for (const [flag, values] of Object.entries(flags)) {
    if (!values.some((text) => text.trim() === "")) continue;
    const dashed = unknown.find((other) => isFollowedBy(argv, flag, other));
    if (dashed !== undefined) taken.add(dashed);
    problems.push({ path: `--${flag}`, message: `has no value; ${valueHint(flag, dashed)}` });
    spokenOf.add(`--${flag}`);
  }
  for (const written of unknown.filter((other) => !taken.has(other))) {
    const [name = ""] = written.split("=", 1);
    const bare = name.replace(/^-+/, "");
    // Not the value behind the `=`: it may be a secret.
    problems.push({ path: printable(name), message: unknownFlag(bare) });
    spokenOf.add(`--${meantFlag(bare) ?? bare.split(/\s/, 1)[0]}`);
  }
  return { problems, spokenOf };
}

function valueHint(flag: string, dashed: string | undefined): string {
  if (dashed !== undefined) return `a value that begins with a dash is written --${flag}=${printable(dashed)}`;
  // Without what can be left out: ADDRESS for [POOL/][NAME=]ADDRESS[,backup].
  return `write --${flag} ${keyOfFlag(flag)?.placeholder.replaceAll(/\[[^\]]*\]/g, "") ?? flag.toUpperCase()}`;
}

/** Whether `other` stands right behind `flag`: a value, if it did not begin with a dash. */
function isFollowedBy(argv: readonly string[], flag: string, other: string): boolean {
  const bare = other.replace(/^-+/, "");
  return argv.some((argument, index) => {
    const isFlag = argument === `--${flag}` || argument === `-${flag}`;
    return isFlag && argv[index + 1]?.replace(/^-+/, "") === bare;
  });
}

/** @param name Without dashes. */
function unknownFlag(name: string): string {
  const [first = "", ...more] = name.split(/\s+/);
  if (more.length > 0 && keyOfFlag(first) !== undefined) {
    // As in a list of arguments of a Kubernetes or Compose file: `- --listen 80`.
    return `is one argument with a space in it; write two, or --${first}=${printable(more.join(" "))}`;
  }
  const denied = name.startsWith("no-") ? keyOfFlag(name.slice("no-".length)) : undefined;
  if (denied !== undefined) {
    const hasOff = denied.placeholder.split("|").includes("off");
    return `unknown flag; ${hasOff ? `write --${denied.flag} off` : `leave --${denied.flag} out for its default`}`;
  }
  const meant = meantFlag(name);
  return meant === undefined ? "unknown flag; --help lists all" : `unknown flag; did you mean --${meant}?`;
}

/** The flag that comes nearest, or the only one that begins so. */
function meantFlag(name: string): string | undefined {
  const candidates = keys.flatMap(({ flag, aliases }) => [flag, ...aliases]);
  const longer = candidates.filter((candidate) => name.length > 1 && candidate.startsWith(name));
  return nearest(name, candidates) ?? (longer.length === 1 ? longer[0] : undefined);
}
