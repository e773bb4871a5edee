// What follows `ctl` and `top`: flags that only they have, and words.

import { Parser } from "yargs/helpers";
import { nearest } from "../../config/suggestion.ts";
import type { Problem } from "../../errors.ts";
import { printable } from "../../wire/quote.ts";
import { wordProblem } from "../word-problem.ts";

/** A flag of a command. */
export interface CommandFlag {
  readonly name: string;
  /** What follows it: `FILE`; `[=DURATION]` where that may be left out and is joined by `=`; nothing where nothing does. */
  readonly placeholder: string;
  readonly text: string;
}

export interface Arguments {
  /** By name; empty for one without a value. */
  readonly flags: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  readonly asksForHelp: boolean;
  readonly problems: readonly Problem[];
}

/** @param asker What an unknown flag is said not to belong to, such as `lb-tcp ctl drain`. */
export function parseArguments(
  argv: readonly string[],
  known: (words: readonly string[]) => { readonly flags: readonly CommandFlag[]; readonly asker: string },
  all: readonly CommandFlag[],
): Arguments {
  const { given, words, dashed, isCut } = parse(argv, all);
  const { flags, asker } = known(words);
  const names = flags.map(({ name }) => name);
  const problems: Problem[] = [];
  const values: Record<string, string> = {};
  for (const [name, texts] of Object.entries(given)) {
    const path = `--${name}`;
    const flag = flags.find((each) => each.name === name);
    const takesValue = flag !== undefined && flag.placeholder !== "";
    if (flag === undefined) problems.push({ path, message: unknownFlag(name, names, asker) });
    else if (texts.length > 1) problems.push({ path, message: "is given twice; give it once" });
    else if (!takesValue && texts[0] !== "") problems.push({ path, message: `takes no value; write --${name}` });
    else if (takesValue && !isOptional(flag) && texts[0]?.trim() === "") {
      problems.push({ path, message: `has no value; write --${name} ${flag.placeholder}` });
    } else values[name] = texts[0]?.trim() ?? "";
  }
  for (const word of dashed.filter((each) => each !== "-h")) {
    const [name = ""] = word.replace(/^-+/, "").split("=", 1);
    // Not the value behind the `=`: it may be a secret.
    problems.push({ path: printable(`--${name}`), message: unknownFlag(name, names, asker) });
  }
  if (isCut) problems.push(wordProblem("--", "what follows it is not read; leave it out"));
  return { flags: values, words, asksForHelp: given["help"] !== undefined || dashed.includes("-h"), problems };
}

interface Parsed {
  readonly given: Readonly<Record<string, readonly string[]>>;
  readonly words: readonly string[];
  /** Flags that are unknown. */
  readonly dashed: readonly string[];
  /** Something follows `--`. */
  readonly isCut: boolean;
}

function parse(argv: readonly string[], all: readonly CommandFlag[]): Parsed {
  const alone = new Set(all.filter((flag) => flag.placeholder === "" || isOptional(flag)).map(({ name }) => name));
  const written = argv.map((argument) => {
    const doubled = /^-[a-z][a-z-]/i.test(argument) ? `-${argument}` : argument;
    // Otherwise it would take the next word for its value.
    return doubled.startsWith("--") && alone.has(doubled.slice(2)) ? `${doubled}=` : doubled;
  });
  const {
    _: mixed,
    "--": after = [],
    ...rest
  }: Record<string, unknown> & Words = Parser(written, {
    string: all.map(({ name }) => name),
    configuration: {
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
      "short-option-groups": false,
      "unknown-options-as-args": true,
    },
  });
  const given: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(rest)) {
    given[name] = Array.isArray(value) ? value.map(String) : [String(value)];
  }
  const words = mixed.map(String);
  const isDashed = (word: string): boolean => word.length > 1 && word.startsWith("-");
  return {
    given,
    words: words.filter((word) => !isDashed(word)),
    dashed: words.filter(isDashed),
    isCut: after.length > 0,
  };
}

interface Words {
  readonly _: readonly (string | number)[];
  readonly "--"?: readonly (string | number)[];
}

function isOptional({ placeholder }: CommandFlag): boolean {
  return placeholder.startsWith("[");
}

function unknownFlag(name: string, names: readonly string[], asker: string): string {
  const meant = nearest(name, names);
  const offer = meant === undefined ? `\`${asker} --help\` lists all` : `did you mean --${meant}?`;
  return `unknown flag of ${asker}; ${offer}`;
}
