// YAML and JSON to a tree. The parser's own sentences never reach users: they can hold what is in the file.

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLParseError,
} from "yaml";
import { quote } from "../../wire/quote.ts";
import { grouped } from "../count.ts";
import { nestingProblem } from "./nesting.ts";
import type { Position, TreeEntry, TreeNode } from "./tree.ts";

/** About 8,000 backends, one by one. */
const MOST_BYTES = 512 * 1024;
/** Aliases can make a small file large. */
const MOST_VALUES = 200_000;
const MOST_LEVELS = 32;
/** After the first, the rest is often its echo. */
const MOST_PROBLEMS = 20;

export interface TreeProblem {
  readonly at: Position;
  /** Dotted; empty where nothing can be named. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface ParsedTree {
  /** Undefined where it can't be read at all. */
  readonly tree: TreeNode | undefined;
  readonly problems: readonly TreeProblem[];
}

const START: Position = { line: 1, column: 1 };

/** Never throws, and takes time in proportion to the text. */
export function parseTree(text: string): ParsedTree {
  const byteCount = Buffer.byteLength(text);
  if (byteCount > MOST_BYTES) {
    return failed(START, `the file has ${grouped(byteCount)} bytes, expected at most ${grouped(MOST_BYTES)}`);
  }
  const deep = nestingProblem(text);
  if (deep !== undefined) return failed(deep.at, deep.message);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Quadratic in the parser; it is looked for here.
      uniqueKeys: false,
      logLevel: "error",
    });
    const positionOf = (offset: number): Position => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    };
    if (document.errors.length > 0) {
      return { tree: undefined, problems: syntaxProblems(document.errors, positionOf, text) };
    }
    return new Reader(document, positionOf, (at) => lineAt(text, at)).read();
  } catch {
    // Whatever a parser makes of hostile input: RangeError from its recursion, for one.
    return failed(START, "the file can't be read as YAML; look for what is not closed or wrongly indented");
  }
}

/** One document becoming a tree. */
class Reader {
  readonly #document: Document;
  readonly #positionOf: (offset: number) => Position;
  readonly #lineAt: (at: Position) => string;
  readonly #problems: TreeProblem[] = [];
  /** What each anchor stands for; looking for it anew would take time for each alias. */
  readonly #anchors = new Map<string, Node>();
  #values = 0;

  constructor(document: Document, positionOf: (offset: number) => Position, lineOf: (at: Position) => string) {
    this.#document = document;
    this.#positionOf = positionOf;
    this.#lineAt = lineOf;
  }

  read(): ParsedTree {
    const { contents } = this.#document;
    if (contents === null) return failed(START, "the file is empty; it begins with version: 1");
    const tree = this.#node(contents, [], 0);
    return { tree, problems: this.#problems };
  }

  #node(node: unknown, path: readonly PropertyKey[], level: number): TreeNode {
    const at = this.#at(node);
    if (++this.#values > MOST_VALUES || level > MOST_LEVELS) {
      const many = `more than ${grouped(MOST_VALUES)} values, as aliases count each time`;
      const deep = `more than ${MOST_LEVELS} levels, perhaps an alias within its own anchor`;
      // Once: what follows is in the same place.
      if (this.#values <= MOST_VALUES + 1) {
        this.#problem(at, path, `the file holds ${level > MOST_LEVELS ? deep : many}`);
      }
      this.#values = Math.max(this.#values, MOST_VALUES + 1);
      return { kind: "scalar", at, value: null, written: undefined };
    }
    if (isAlias(node)) return this.#alias(node, path, level, at);
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#map(node.items, path, level, at);
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.#node(item, [...path, index], level + 1));
      return { kind: "list", at, items };
    }
    return { kind: "scalar", at, value: this.#scalar(node, path, at), written: undefined };
  }

  #alias(node: Alias, path: readonly PropertyKey[], level: number, at: Position): TreeNode {
    const target = this.#anchors.get(node.source);
    if (target !== undefined) return this.#node(target, path, level + 1);
    this.#problem(at, path, `*${printableName(node.source)} names no anchor before it; write &NAME where it is meant`);
    return { kind: "scalar", at, value: null, written: undefined };
  }

  #map(pairs: readonly Pair[], path: readonly PropertyKey[], level: number, at: Position): TreeNode {
    const own = new Map<string, TreeEntry>();
    const merged = new Map<string, TreeEntry>();
    for (const pair of pairs) {
      const keyAt = this.#at(pair.key);
      const key = this.#key(pair.key, path, keyAt);
      if (key === undefined) continue;
      if (key === "<<") {
        this.#merge(pair.value, path, level, merged);
        continue;
      }
      const value = this.#node(pair.value ?? pair.key, [...path, key], level + 1);
      const entry = { at: keyAt, value: pair.value === null ? nothing(keyAt) : value };
      const before = own.get(key);
      if (before === undefined) own.set(key, entry);
      else this.#problem(keyAt, [...path, key], `is there twice, first in line ${before.at.line}; leave one out`);
    }
    return { kind: "map", at, entries: new Map([...merged, ...own]) };
  }

  /** A map, or a list of maps of which earlier ones win; the keys of the map itself win over all. */
  #merge(value: unknown, path: readonly PropertyKey[], level: number, into: Map<string, TreeEntry>): void {
    const node = this.#node(value, [...path, "<<"], level + 1);
    for (const source of node.kind === "list" ? node.items : [node]) {
      if (source.kind !== "map") {
        this.#problem(node.at, [...path, "<<"], "expected a map to merge, or a list of maps, such as *NAME");
        return;
      }
      for (const [key, entry] of source.entries) if (!into.has(key)) into.set(key, entry);
    }
  }

  #key(node: unknown, path: readonly PropertyKey[], at: Position): string | undefined {
    if (isScalar(node) && node.value !== null && typeof node.value !== "object") {
      return typeof node.value === "string" ? node.value : (node.source ?? JSON.stringify(node.value));
    }
    const bare = bareAddress(this.#lineAt(at));
    this.#problem(at, path, bare ?? "has a key that is no text, expected a name");
    return undefined;
  }

  #scalar(node: unknown, path: readonly PropertyKey[], at: Position): string | number | boolean | null {
    if (!isScalar(node)) return null;
    const { value, source, tag } = node;
    if (tag !== undefined && !tag.startsWith("tag:yaml.org,2002:")) {
      this.#problem(at, path, "has a tag of its own, which means nothing here; leave the ! and its word out");
    }
    if (typeof value === "number") {
      // 1e3 and 0x10 are numbers to YAML; what people see is their text.
      return Number.isFinite(value) && String(value) === source ? value : (source ?? String(value));
    }
    if (typeof value === "string" || typeof value === "boolean") return value;
    return null;
  }

  #problem(at: Position, path: readonly PropertyKey[], message: string): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ at, path, message });
  }

  #at(node: unknown): Position {
    const { range } = (node ?? {}) as Partial<Node>;
    return range === undefined || range === null ? START : this.#positionOf(range[0]);
  }
}

function nothing(at: Position): TreeNode {
  return { kind: "scalar", at, value: null, written: undefined };
}

function failed(at: Position, message: string): ParsedTree {
  return { tree: undefined, problems: [{ at, path: [], message }] };
}

/** The first, because what follows is often its echo; and addresses without quotes, wherever they are. */
function syntaxProblems(
  errors: readonly YAMLParseError[],
  positionOf: (offset: number) => Position,
  text: string,
): readonly TreeProblem[] {
  const seen = new Set<number>();
  return errors.slice(0, MOST_PROBLEMS).flatMap(({ code, pos }, index) => {
    const at = positionOf(pos[0]);
    const line = lineAt(text, at);
    const bare = bareAddress(line);
    if ((index > 0 && bare === undefined) || seen.has(at.line)) return [];
    seen.add(at.line);
    return [{ at, path: [], message: bare ?? bareVariable(line) ?? texts[code] ?? UNREADABLE }];
  });
}

const UNREADABLE = "this is no YAML; look at the quotes, colons and indentation of this line and the one before";

const texts: Readonly<Record<string, string>> = {
  BAD_ALIAS: "an alias is *NAME, and an anchor &NAME",
  BAD_DQ_ESCAPE: 'between " and ", a backslash begins an escape; double it, or write the text between single quotes',
  BAD_INDENT: "the indentation does not fit the lines before, or a bracket is not closed",
  BAD_SCALAR_START: "a text that begins with this character is written in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a text that holds a colon and a space is written in quotes; a key has a line of its own",
  MISSING_CHAR: "something is not closed or separated: a quote, a bracket, a comma, or the space behind a colon",
  MULTILINE_IMPLICIT_KEY: "a key and its colon stand on one line",
  MULTIPLE_DOCS: "the file holds a second document, expected one; remove the ---",
  TAB_AS_INDENT: "a tab can't indent; write spaces",
};

// [::]:80 and [::1]:80, neither of them behind a quote.
const BARE_ADDRESS = /(?:^|[\s,[{])(\[[0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?\]:\d+)/i;

/** IPv6 in brackets is a list to YAML. */
function bareAddress(line: string): string | undefined {
  const address = BARE_ADDRESS.exec(line)?.[1];
  return address === undefined ? undefined : `${address} begins a list to YAML; write it in quotes: "${address}"`;
}

const BARE_VARIABLE = /[\s,[{:](\$\{[^}"']*\})/;

/** Braces within braces are a map to YAML. */
function bareVariable(line: string): string | undefined {
  const variable = BARE_VARIABLE.exec(line)?.[1];
  if (variable === undefined || !/[{[]/.test(line.replace(variable, ""))) return undefined;
  return `within { } and [ ], ${printableName(variable)} stands in quotes: "${printableName(variable)}"`;
}

function lineAt(text: string, { line }: Position): string {
  return text.split("\n", line)[line - 1]?.slice(0, 1_000) ?? "";
}

function printableName(name: string): string {
  return quote(name).slice(1, -1);
}
