// A regular expression as a table: each character of a path, or byte of an answer, is looked at once, whatever the pattern. JavaScript's own engine
// tries one way after the other, and takes quadratic time for a pattern as harmless as `a+b`. The table is made by following
// all ways through the pattern at once (Thompson 1968; https://swtch.com/~rsc/regexp/regexp1.html); a pattern whose table would
// be large is refused.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { compileSteps, type Steps } from "./regex-steps.ts";
import { CHARACTERS, PATH_REGEX, type RegexUse } from "./regex-syntax.ts";

/** Rows of the table. Useful patterns have some ten; each row has a column for each kind of character that the pattern tells apart. */
const MOST_STATES = 1_000;
/** What is followed while the table is made: some 50 ms at the most. */
const MOST_WORK = 1_000_000;

/** The table of a pattern, which never changes. */
interface Table {
  /** The column of each character. */
  readonly columns: Uint8Array;
  readonly columnCount: number;
  /** By state and column, the next state. */
  readonly next: Uint16Array;
  /** By state, of what is FOUND and FOUND_AT_END. */
  readonly found: Uint8Array;
}

const START = 0;
/** Whatever follows. */
const FOUND = 1;
/** If nothing follows. */
const FOUND_AT_END = 2;
/** Whatever follows, there will be no match. */
const LOST = 4;

/** The source, if it is a pattern that lb-tcp knows and that takes bounded time. */
export function parsePathRegex(source: string): Parsed<string> {
  return parseBoundedRegex(source, PATH_REGEX);
}

/** As parsePathRegex, for patterns of another use. */
export function parseBoundedRegex(source: string, use: RegexUse): Parsed<string> {
  const built = buildTable(source, use);
  return "problem" in built ? built : { value: source };
}

/** A compiled pattern; it matches anywhere in a path, unless it begins with ^ or ends with $. */
export class BoundedRegex {
  readonly #table: Table;

  /** As parsePathRegex() gives it. Throws for a source that it refuses. */
  constructor(source: string, use: RegexUse = PATH_REGEX) {
    const built = buildTable(source, use);
    if ("problem" in built) throw new Error(built.problem);
    this.#table = built.value;
  }

  /** Of a path as normalisePath() gives it: all ASCII. One look-up for each character. */
  match(path: string): boolean {
    const { columns, columnCount, next, found } = this.#table;
    let state = START;
    for (let index = 0; index < path.length; index++) {
      const flags = found[state] ?? 0;
      if ((flags & (FOUND | LOST)) !== 0) return (flags & FOUND) !== 0;
      const column = columns[path.charCodeAt(index)] ?? 0;
      state = next[state * columnCount + column] ?? START;
    }
    return ((found[state] ?? 0) & (FOUND | FOUND_AT_END)) !== 0;
  }

  /** For bytes that come piece by piece. */
  stream(): RegexStream {
    const { columns, columnCount, next, found } = this.#table;
    let state = START;
    return {
      take(bytes) {
        for (let index = 0; index < bytes.length; index++) {
          const flags = found[state] ?? 0;
          if ((flags & FOUND) !== 0) return index;
          if ((flags & LOST) !== 0) return "never";
          const column = columns[bytes[index] ?? 0] ?? 0;
          state = next[state * columnCount + column] ?? START;
        }
        const flags = found[state] ?? 0;
        if ((flags & (FOUND | FOUND_AT_END)) !== 0) return bytes.length;
        return (flags & LOST) !== 0 ? "never" : "not yet";
      },
    };
  }
}

/** Follows a pattern through bytes: each of them is looked at once. */
export interface RegexStream {
  /**
   * What has come next. Where a pattern ends with $, that is the end of what has come so far.
   * @returns how many of these bytes there are before the end of the match, or whether there can still be one
   */
  take(bytes: Uint8Array): number | "not yet" | "never";
}

function buildTable(source: string, use: RegexUse = PATH_REGEX): Parsed<Table> {
  if (source === "") return { problem: `the ${use.name} "" matches ${use.everything}; leave ${use.it} out` };
  const compiled = compileSteps(source, use);
  if ("problem" in compiled) return compiled;
  const table = new TableBuilder(compiled.value).build();
  if (table !== undefined) return { value: table };
  return {
    problem: `the ${use.name} ${quote(source)} has too many ways to match, more than ${MOST_STATES.toLocaleString("en")} states; begin it with ^, or let its parts repeat less often`,
  };
}

class TableBuilder {
  readonly #steps: Steps;
  readonly #columns: Uint8Array;
  /** A character of each column. */
  readonly #samples: readonly number[];
  readonly #numbers = new Map<string, number>();
  readonly #states: (readonly number[])[] = [];
  readonly #found: number[] = [];
  #work = 0;

  constructor(steps: Steps) {
    this.#steps = steps;
    const { columns, samples } = columnsOf(steps);
    this.#columns = columns;
    this.#samples = samples;
  }

  /** Undefined where it would be too large. */
  build(): Table | undefined {
    const next: number[] = [];
    this.#stateOf([this.#steps.first], true);
    for (let state = 0; state < this.#states.length; state++) {
      for (const sample of this.#samples) next.push(this.#step(this.#states[state] ?? [], sample));
      if (this.#states.length > MOST_STATES || this.#work > MOST_WORK) return undefined;
    }
    return {
      columns: this.#columns,
      columnCount: this.#samples.length,
      next: Uint16Array.from(next),
      found: Uint8Array.from(this.#found),
    };
  }

  /** The state after a character; a match may begin behind it as well. */
  #step(waiting: readonly number[], character: number): number {
    const after: number[] = [];
    for (const at of waiting) {
      const step = this.#steps.all[at];
      if (step?.kind === "set" && step.set[character] === 1) after.push(step.next);
    }
    this.#work += waiting.length;
    if (this.#steps.mayBeginLater) after.push(this.#steps.first);
    return this.#stateOf(after, false);
  }

  #stateOf(from: readonly number[], isStart: boolean): number {
    const waiting = this.#reach(from, { isStart, isEnd: false });
    const isFound = waiting.includes(this.#steps.match);
    const isFoundAtEnd = this.#reach(from, { isStart, isEnd: true }).includes(this.#steps.match);
    const flags = (isFound ? FOUND : 0) | (isFoundAtEnd ? FOUND_AT_END : 0);
    // What was found stays found: no need to tell such states apart.
    const key = isFound ? "found" : `${flags} ${waiting.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.length;
    this.#numbers.set(key, number);
    this.#states.push(isFound ? [] : waiting);
    this.#found.push(flags === 0 && waiting.length === 0 ? LOST : flags);
    return number;
  }

  /** The steps that wait for a character, or are the match, that can be had from `from` without one. Sorted. */
  #reach(from: readonly number[], where: { readonly isStart: boolean; readonly isEnd: boolean }): number[] {
    const seen = new Set<number>();
    const stack = [...from];
    const waiting: number[] = [];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const step = this.#steps.all[at];
      if (step === undefined) continue;
      if (step.kind === "set" || step.kind === "match") waiting.push(at);
      else if (step.kind === "either") stack.push(step.next, step.other);
      else if (step.kind === "start" ? where.isStart : where.isEnd) stack.push(step.next);
    }
    this.#work += seen.size;
    return waiting.sort((left, right) => left - right);
  }
}

/** Characters that no set of the pattern tells apart share a column. */
function columnsOf(steps: Steps): { readonly columns: Uint8Array; readonly samples: readonly number[] } {
  const sets = new Set(steps.all.flatMap((step) => (step.kind === "set" ? [step.set] : [])));
  const columns = new Uint8Array(CHARACTERS);
  const samples: number[] = [];
  const byMembership = new Map<string, number>();
  for (let character = 0; character < CHARACTERS; character++) {
    const membership = Array.from(sets, (set) => set[character]).join("");
    let column = byMembership.get(membership);
    if (column === undefined) {
      column = samples.length;
      byMembership.set(membership, column);
      samples.push(character);
    }
    columns[character] = column;
  }
  return { columns, samples };
}
