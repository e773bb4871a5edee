import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { type CharacterSet, PATH_REGEX, parseRegex, type RegexNode, type RegexUse } from "./regex-syntax.ts";

/** One step of a pattern; `next` and `other` are places in the list of all. */
export type Step =
  | { readonly kind: "set"; readonly set: CharacterSet; readonly next: number }
  | { readonly kind: "start" | "end"; readonly next: number }
  | { readonly kind: "either"; readonly next: number; other: number }
  | { readonly kind: "match" };

export interface Steps {
  readonly all: readonly Step[];
  readonly first: number;
  /** The place of the one step that is the match. */
  readonly match: number;
  /** False where every way begins with ^. */
  readonly mayBeginLater: boolean;
}

/** Once counted repeats are written out. */
const MOST_STEPS = 2_000;

/** A pattern as steps that can be followed, counted repeats written out. */
export function compileSteps(source: string, use: RegexUse = PATH_REGEX): Parsed<Steps> {
  const parsed = parseRegex(source, use);
  if ("problem" in parsed) return parsed;
  const writer = new StepWriter();
  const first = writer.write(parsed.value, StepWriter.MATCH);
  if (first !== undefined) {
    return { value: { all: writer.all, first, match: StepWriter.MATCH, mayBeginLater: !beginsAtStart(parsed.value) } };
  }
  return {
    problem: `the ${use.name} ${quote(source)} is too long once its counted repeats are written out; let them repeat less often`,
  };
}

/** Writes from the end, so that each step knows what follows it. */
class StepWriter {
  static readonly MATCH = 0;
  readonly all: Step[] = [{ kind: "match" }];

  /** Where `node` begins if `next` follows it; undefined when there are too many steps. */
  write(node: RegexNode, next: number): number | undefined {
    switch (node.kind) {
      case "set":
        return this.#push({ kind: "set", set: node.set, next });
      case "start":
      case "end":
        return this.#push({ kind: node.kind, next });
      case "sequence":
        return node.nodes.reduceRight<number | undefined>(
          (at, part) => (at === undefined ? at : this.write(part, at)),
          next,
        );
      case "choice": {
        const [last, ...others] = node.nodes.map((part) => this.write(part, next)).reverse();
        return others.reduce((at, part) => this.#either(part, at), last);
      }
      case "repeat":
        return this.#repeat(node, next);
    }
  }

  #repeat({ node, least, most }: RegexNode & { readonly kind: "repeat" }, next: number): number | undefined {
    let at: number | undefined = next;
    if (most === Infinity) {
      const loop: Step & { kind: "either" } = { kind: "either", next, other: next };
      at = this.#push(loop);
      const body = at === undefined ? undefined : this.write(node, at);
      if (body === undefined) return undefined;
      loop.other = body;
    } else {
      for (let optional = least; optional < most; optional++)
        at = this.#either(next, at === undefined ? at : this.write(node, at));
    }
    for (let copy = 0; copy < least; copy++) at = at === undefined ? at : this.write(node, at);
    return at;
  }

  #either(next: number | undefined, other: number | undefined): number | undefined {
    return next === undefined || other === undefined ? undefined : this.#push({ kind: "either", next, other });
  }

  #push(step: Step): number | undefined {
    return this.all.length < MOST_STEPS ? this.all.push(step) - 1 : undefined;
  }
}

function beginsAtStart(node: RegexNode): boolean {
  switch (node.kind) {
    case "start":
      return true;
    case "sequence":
      return node.nodes[0] !== undefined && beginsAtStart(node.nodes[0]);
    case "choice":
      return node.nodes.every(beginsAtStart);
    case "set":
    case "end":
    case "repeat":
      return false;
  }
}
