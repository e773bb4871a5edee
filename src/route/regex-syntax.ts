// Regular expressions as far as routes and probes have them, into a tree: characters are bytes, those of a path all ASCII.
// What can take long to match, or means more than a set of texts, is a problem in words.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

/** Which of the 256 bytes: 1 where it is one of them. */
export type CharacterSet = Uint8Array;
export const CHARACTERS = 256;

/** Where a pattern is used, for what is said of it. */
export interface RegexUse {
  /** What the option is called. */
  readonly name: string;
  /** Who does without the rest of JavaScript's expressions. */
  readonly users: string;
  /** What to do about a character that is not ASCII. */
  readonly remedy: (character: string) => string;
  readonly lookaroundRemedy: string;
  /** What a pattern without a character matches, and what to leave out then. */
  readonly everything: string;
  readonly it: string;
}

export const PATH_REGEX: RegexUse = {
  name: "path-regex",
  users: "routes",
  remedy: (character) => `paths are compared with it escaped, as ${quote(encodeURIComponent(wellFormed(character)))}`,
  lookaroundRemedy: "use a condition under not",
  everything: "every path",
  it: "the condition",
};

export type RegexNode =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "start" }
  | { readonly kind: "end" }
  | { readonly kind: "sequence"; readonly nodes: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly nodes: readonly RegexNode[] }
  | { readonly kind: "repeat"; readonly node: RegexNode; readonly least: number; readonly most: number };

/** A pattern's length, in characters. */
const LONGEST = 1_000;
/** How often a counted repeat may repeat. */
const MOST_REPEATS = 100;
const DEEPEST = 20;

const CLASSES: Readonly<Record<string, (character: string) => boolean>> = {
  d: (character) => /\d/.test(character),
  w: (character) => /\w/.test(character),
  s: (character) => /\s/.test(character),
  D: (character) => /\D/.test(character),
  W: (character) => /\W/.test(character),
  S: (character) => /\S/.test(character),
};
const CONTROLS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v" };

/** The tree of a pattern, as JavaScript would read it without flags. */
export function parseRegex(source: string, use: RegexUse = PATH_REGEX): Parsed<RegexNode> {
  if (source.length > LONGEST)
    return { problem: `the ${use.name} ${quote(source)} is longer than ${LONGEST} characters` };
  try {
    // It has the last word on syntax; this parser on what is allowed.
    new RegExp(source);
    return { value: new Parser(source, use).parse() };
  } catch (error) {
    const reason = error instanceof Refusal ? error.message : syntaxReason(error);
    return { problem: `the ${use.name} ${quote(source)} ${reason}` };
  }
}

class Refusal extends Error {}

function syntaxReason(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return `is no regular expression: ${message.replace(/^.*: /s, "").toLowerCase() || "it can't be read"}`;
}

class Parser {
  readonly #source: string;
  readonly #use: RegexUse;
  #at = 0;
  #depth = 0;

  constructor(source: string, use: RegexUse) {
    this.#source = source;
    this.#use = use;
  }

  parse(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new Refusal("is no regular expression: unmatched )");
    return node;
  }

  #choice(): RegexNode {
    if (++this.#depth > DEEPEST) throw new Refusal(`has groups within groups, more than ${DEEPEST} deep`);
    const nodes = [this.#sequence()];
    while (this.#take("|")) nodes.push(this.#sequence());
    this.#depth--;
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: "choice", nodes };
  }

  #sequence(): RegexNode {
    const nodes: RegexNode[] = [];
    while (this.#at < this.#source.length && !this.#sees("|") && !this.#sees(")"))
      nodes.push(this.#repeated(this.#atom()));
    return { kind: "sequence", nodes };
  }

  #repeated(node: RegexNode): RegexNode {
    const range = this.#quantifier();
    if (range === undefined) return node;
    // Lazy or greedy is the same to whoever only asks whether there is a match.
    this.#take("?");
    const { least, most } = range;
    if (least > MOST_REPEATS || (most > MOST_REPEATS && most !== Infinity)) {
      throw new Refusal(`repeats more than ${MOST_REPEATS} times; use * or +, or a smaller number`);
    }
    if (repeatsWithin(node, most)) {
      throw new Refusal(
        "has a quantifier within a quantifier, as in (a+)+, which can take very long; expected one of the two only",
      );
    }
    return { kind: "repeat", node, least, most };
  }

  #quantifier(): { readonly least: number; readonly most: number } | undefined {
    if (this.#take("*")) return { least: 0, most: Infinity };
    if (this.#take("+")) return { least: 1, most: Infinity };
    if (this.#take("?")) return { least: 0, most: 1 };
    const counted = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 30));
    if (counted === null) return undefined;
    this.#at += counted[0].length;
    const least = Number(counted[1]);
    if (counted[2] === "") return { least, most: least };
    return { least, most: counted[3] === "" ? Infinity : Number(counted[3]) };
  }

  #atom(): RegexNode {
    if (this.#take("^")) return { kind: "start" };
    if (this.#take("$")) return { kind: "end" };
    if (this.#take("(")) return this.#group();
    if (this.#take("[")) return this.#class();
    if (this.#take(".")) return setOf((character) => !/[\n\r]/.test(character));
    if (this.#take("\\")) return this.#escape();
    const character = this.#next();
    return setOf((other) => other === character);
  }

  #group(): RegexNode {
    for (const look of ["?=", "?!", "?<=", "?<!"]) {
      if (this.#source.startsWith(look, this.#at))
        throw new Refusal(
          `looks ahead or behind by (${look}…), which ${this.#use.users} can't; ${this.#use.lookaroundRemedy}`,
        );
    }
    if (!this.#take("?:")) {
      const name = /^\?<\w+>/.exec(this.#source.slice(this.#at));
      if (name !== null) this.#at += name[0].length;
      else if (this.#sees("?")) throw new Refusal(`has flags in a group, which ${this.#use.users} don't know`);
    }
    const node = this.#choice();
    if (!this.#take(")")) throw new Refusal("is no regular expression: unterminated group");
    return node;
  }

  #escape(): RegexNode {
    const letter = this.#next();
    if (letter === "b" || letter === "B")
      throw new Refusal(
        `has \\${letter}, a boundary of words, which ${this.#use.users} don't know; write the characters themselves`,
      );
    if (/[1-9k]/.test(letter))
      throw new Refusal(`has the backreference \\${letter}, which ${this.#use.users} can't match in bounded time`);
    return this.#escapedSet(letter);
  }

  /** What an escape stands for, in or outside a class. */
  #escapedSet(letter: string): { readonly kind: "set"; readonly set: CharacterSet } {
    if (letter === "0" && /\d/.test(this.#source[this.#at] ?? ""))
      throw new Refusal("has an octal escape; write it as \\x and two hex digits");
    const inClass = CLASSES[letter];
    if (inClass !== undefined) return setOf(inClass);
    const hex = letter === "x" ? this.#hex(2) : letter === "u" ? this.#hex(4) : undefined;
    const meant = hex ?? CONTROLS[letter] ?? (letter === "0" ? "\0" : letter);
    if (hex === undefined && /[A-Za-z1-9]/.test(letter) && CONTROLS[letter] === undefined) {
      throw new Refusal(`has \\${letter}, which ${this.#use.users} don't know`);
    }
    return setOf((character) => character === meant);
  }

  #hex(digits: number): string {
    const text = this.#source.slice(this.#at, this.#at + digits);
    if (text.length < digits || !/^[0-9a-fA-F]*$/.test(text))
      throw new Refusal(`has an escape without its ${digits} hex digits`);
    this.#at += digits;
    return String.fromCharCode(Number.parseInt(text, 16));
  }

  #class(): RegexNode {
    const isNegated = this.#take("^");
    const set = new Uint8Array(CHARACTERS);
    while (!this.#take("]")) {
      const from = this.#member();
      const isRange = this.#sees("-") && this.#source[this.#at + 1] !== "]" && from.code >= 0;
      if (!isRange) {
        add(set, from.set);
        continue;
      }
      this.#at++;
      const to = this.#member();
      if (to.code < 0) throw new Refusal("has a class such as \\d as the end of a range");
      for (let code = from.code; code <= Math.min(to.code, CHARACTERS - 1); code++) set[code] = 1;
    }
    return { kind: "set", set: isNegated ? set.map((is) => 1 - is) : set };
  }

  /** One character of a class, or a class in it: then its code is -1. */
  #member(): { readonly code: number; readonly set: CharacterSet } {
    const character = this.#next();
    if (character !== "\\") return { code: character.charCodeAt(0), set: setOf((other) => other === character).set };
    const letter = this.#next();
    const { set } = letter === "b" ? setOf((other) => other === "\b") : this.#escapedSet(letter);
    return { code: CLASSES[letter] === undefined ? set.indexOf(1) : -1, set };
  }

  #next(): string {
    const character = this.#source[this.#at++];
    if (character === undefined) throw new Refusal("is no regular expression: it ends too early");
    if (character > "\x7f") {
      throw new Refusal(`has the character ${quote(character)}; ${this.#use.remedy(character)}`);
    }
    return character;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }
}

function setOf(has: (character: string) => boolean): { readonly kind: "set"; readonly set: CharacterSet } {
  return {
    kind: "set",
    set: Uint8Array.from({ length: CHARACTERS }, (_, code) => (has(String.fromCharCode(code)) ? 1 : 0)),
  };
}

function add(set: CharacterSet, other: CharacterSet): void {
  other.forEach((is, code) => {
    if (is === 1) set[code] = 1;
  });
}

/** Half of a surrogate pair can't be encoded alone. */
function wellFormed(character: string): string {
  return /[\ud800-\udfff]/.test(character) ? "�" : character;
}

/** Whether something in `node` repeats that a repeat around it, of at most `most` times, could share its characters with. */
function repeatsWithin(node: RegexNode, most: number): boolean {
  if (most <= 1) return false;
  switch (node.kind) {
    case "repeat":
      return (
        node.most === Infinity || (most === Infinity && node.most !== node.least) || repeatsWithin(node.node, most)
      );
    case "sequence":
    case "choice":
      return node.nodes.some((part) => repeatsWithin(part, most));
    case "set":
    case "start":
    case "end":
      return false;
  }
}
