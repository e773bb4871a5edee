// argv into what is asked for: the command, the flags and their values as text. What these mean is config's business.
//
// Only the parser of yargs, which knows no commands. All of yargs 18.2.0 validates as well: there a flag that is called
// as what every object inherits (`--toString`) ends in a TypeError, and `--$0` is lost.

import { Parser } from "yargs/helpers";
import { flagNames, keyOfFlag } from "../config/keys.ts";
import { didYouMean } from "../config/suggestion.ts";
import type { Problem } from "../errors.ts";
import { type Command, commandOf, commands } from "./commands.ts";
import { flagProblems } from "./flag-problems.ts";
import { wordProblem } from "./word-problem.ts";

/** Each flag as it was written, without dashes; one text for each time it was given. */
export type Flags = Readonly<Record<string, readonly string[]>>;

/** What is asked for. */
export type Invocation =
  | { readonly kind: "help"; readonly command: Command | undefined }
  | { readonly kind: "version" }
  /** There is no such command. */
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | Run;

/** A command, or the balancer itself, with what was given to it. */
export interface Run {
  readonly kind: "run";
  readonly command: Command | undefined;
  readonly flags: Flags;
  /** What stands alone, the command itself aside; of `explain`, `ctl` and `top` everything, as it was written. */
  readonly words: readonly string[];
  /** Mistakes in the flags, apart from what their values mean. */
  readonly problems: readonly Problem[];
  /** The flags, with dashes, about which they say enough. */
  readonly spokenOf: ReadonlySet<string>;
}

/** Flags of `lb-tcp backend` that the balancer does not have. */
const MORE_FLAGS = ["name"];

export function parseCommandLine(argv: readonly string[]): Invocation {
  const { flags, asked, words, unknown, after } = parse(argv);
  const [first, ...rest] = words;
  if (first === "help") return { kind: "help", command: commandOf(rest[0] ?? "") };
  const command = first === undefined ? undefined : commandOf(first);
  const others = command === undefined ? [] : argv.toSpliced(argv.indexOf(command.name), 1);
  // They have flags of their own, and each verb of ctl has its own help.
  const hasOwnFlags = command?.name === "ctl" || command?.name === "top";
  if (hasOwnFlags && (rest.length > 0 || asked.size === 0)) return untouched(command, others);
  if (first === undefined || command !== undefined || !isName(first)) {
    if (asked.has("help")) return { kind: "help", command };
    if (asked.has("version")) return { kind: "version" };
  }
  // `explain --idle-timeout --rise` asks about flags, and sets none.
  if (command?.name === "explain") return untouched(command, others);
  const { problems, spokenOf } = flagProblems(argv, flags, unknown);
  if (after.length > 0) {
    const message = "what follows it is read neither as flags nor as values; leave the -- out";
    return { kind: "refused", problems: [{ path: "--", message }, ...problems] };
  }
  if (first !== undefined && command === undefined && isName(first)) {
    return { kind: "refused", problems: [unknownCommand(first), ...problems] };
  }
  return { kind: "run", command, flags, words: command === undefined ? words : rest, problems, spokenOf };
}

function untouched(command: Command, words: readonly string[]): Run {
  return { kind: "run", command, flags: {}, words, problems: [], spokenOf: new Set() };
}

interface Parsed {
  readonly flags: Flags;
  readonly asked: ReadonlySet<string>;
  readonly words: readonly string[];
  /** As written, with a value after `=`. */
  readonly unknown: readonly string[];
  /** What follows `--`. */
  readonly after: readonly string[];
}

function parse(argv: readonly string[]): Parsed {
  const known = new Set([...flagNames(), ...MORE_FLAGS]);
  const {
    _: mixed,
    "--": after = [],
    ...given
  }: Record<string, unknown> & Words = Parser(doubleDashed(argv), {
    string: [...known],
    boolean: ["help", "version"],
    alias: { help: ["h"], version: ["v"] },
    configuration: {
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
      "short-option-groups": false,
      "strip-aliased": true,
      // Otherwise an unknown flag takes the next word for its value, which may be a command.
      "unknown-options-as-args": true,
    },
  });
  const flags: Record<string, readonly string[]> = {};
  const asked = new Set<string>();
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (name === "help" || name === "version") asked.add(name);
    else if (known.has(name)) flags[name] = Array.isArray(value) ? value.map(String) : [String(value)];
    else unknown.push(`--${name}`);
  }
  const sorted = sortWords(mixed.map(String));
  return {
    flags,
    asked,
    words: sorted.words,
    unknown: [...unknown, ...sorted.unknown],
    after: after.map(String),
  };
}

interface Words {
  readonly _: readonly (string | number)[];
  readonly "--"?: readonly (string | number)[];
}

/** Flags that are unknown come among the words, followed by what was to be their value. */
function sortWords(mixed: readonly string[]): {
  readonly words: readonly string[];
  readonly unknown: readonly string[];
} {
  const unknown = mixed.filter(isDashed);
  const words = mixed.filter((word, index) => {
    const before = mixed[index - 1];
    const isValue = before !== undefined && isDashed(before) && !before.includes("=") && commandOf(word) === undefined;
    return !isDashed(word) && !isValue;
  });
  return { words, unknown };
}

/** The balancers that people come from write `-port=3030`. */
function doubleDashed(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  return argv.map((argument, index) => {
    const isFlag = /^-[a-z][a-z-]/i.test(argument) && (end === -1 || index < end);
    return isFlag ? `-${argument}` : argument;
  });
}

function isDashed(word: string): boolean {
  return word.length > 1 && word.startsWith("-");
}

/** A command is a name; anything else that stands alone is a value without its flag. */
function isName(word: string): boolean {
  return /^[a-z][a-z0-9-]*$/i.test(word);
}

function unknownCommand(word: string): Problem {
  const names = commands.map(({ name }) => name);
  const meant = keyOfFlag(word) === undefined ? didYouMean(word, names) : `; did you mean --${word}?`;
  return wordProblem(word, `unknown command${meant === "" ? "; lb-tcp --help lists all" : meant}`);
}
