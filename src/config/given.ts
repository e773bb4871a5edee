// What the user gave: which flag or variable a value came from, and which names mean nothing.

import type { Problem } from "../errors.ts";
import { printable, quote } from "../wire/quote.ts";
import type { Key, Setting } from "./key.ts";
import { flagNames, keyOfFlag, keyOfVariable, variableNames } from "./keys.ts";
import { nearest } from "./suggestion.ts";

export interface Given {
  /** Each flag as it was written, without dashes, an alias under its own name; one text for each time it was given. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A value as written, and where: `--idle-timeout` or `LB_TCP_IDLE_TIMEOUT`. */
export interface Written {
  readonly path: string;
  readonly text: string;
}

const PREFIX = "LB_TCP_";

// What Kubernetes puts into every container of a namespace that has a Service called lb-tcp.
const KUBERNETES = /^LB_TCP_(?:PORT$|PORT_|SERVICE_)/;

/** The values of one key: of its flags, else of its variable. An empty variable counts as not set. */
export function written(key: Key, given: Given): readonly Written[] {
  const fromFlags = [key.flag, ...key.aliases].flatMap((flag) =>
    (own(given.flags, flag) ?? []).map((text) => ({ path: `--${flag}`, text: text.trim() })),
  );
  if (fromFlags.length > 0) return fromFlags;
  for (const path of [key.variable, ...key.otherVariables]) {
    const text = own(given.environment, path)?.trim() ?? "";
    if (text !== "") return [{ path, text }];
  }
  return [];
}

/** The value of a setting, or its default. Problems go to `problems`. */
export function read<T>(setting: Setting<T>, given: Given, problems: Problem[]): T {
  return readGiven(setting, given, problems) ?? setting.fallback;
}

/** As read(), but undefined where nothing is given, or it has a problem. */
export function readGiven<T>(setting: Setting<T>, given: Given, problems: Problem[]): T | undefined {
  const [first, second] = written(setting, given);
  if (first === undefined) return undefined;
  if (second !== undefined) {
    const message = `got ${quote(first.text)} and ${quote(second.text)}, expected one value; give it once`;
    problems.push({ path: second.path, message });
    return undefined;
  }
  const parsed = setting.parse(first.text);
  if ("value" in parsed) return parsed.value;
  problems.push({ path: first.path, message: parsed.problem });
  return undefined;
}

/** Flags that do not exist. */
export function refused(given: Given): readonly Problem[] {
  return Object.keys(given.flags)
    .filter((flag) => keyOfFlag(flag) === undefined)
    .map((flag) => ({ path: `--${printable(flag)}`, message: unknownFlag(flag) }));
}

/** A warning for each variable that looks like one of ours and is not. */
export function unknownVariables(given: Given): readonly string[] {
  return Object.keys(given.environment)
    .filter((name) => name.startsWith(PREFIX) && !KUBERNETES.test(name) && keyOfVariable(name) === undefined)
    .map((name) => `${printable(name)}: unknown variable, ignored${meantVariable(name)}`);
}

function unknownFlag(flag: string): string {
  const meant = nearest(flag, flagNames());
  return meant === undefined ? "unknown flag; --help lists all" : `unknown flag; did you mean --${meant}?`;
}

/** The prefix does not count: it would make every two short names look alike. */
function meantVariable(name: string): string {
  const words = [...variableNames()].map((variable) => variable.slice(PREFIX.length));
  const meant = nearest(name.slice(PREFIX.length), words);
  return meant === undefined ? "" : `; did you mean ${PREFIX}${meant}?`;
}

/** Not what every object inherits: a flag could be called constructor. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
