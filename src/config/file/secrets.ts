// Values of variables in what is printed, as they were written.

import { isRecord } from "../fields.ts";
import { countOf } from "./option-place.ts";
import type { TreeNode, TreeScalar } from "./tree.ts";

interface Secret {
  /** In the words of the effective configuration. */
  readonly path: readonly PropertyKey[];
  readonly scalar: TreeScalar;
}

/** The keys of maps for which a word may stand instead. */
const HEADS = ["as", "headers", "type", "version", "after", "address"];

/**
 * What is in force, with the values of variables as they were written.
 * @param isOverridden Whether something else than the file decides what is at a path.
 */
export function asWritten(
  effective: unknown,
  tree: TreeNode,
  isOverridden: (path: readonly PropertyKey[]) => boolean,
): unknown {
  return secretsIn(tree, [])
    .filter(({ path }) => !isOverridden(path))
    .reduce<unknown>((words, { path, scalar }) => replacedAt(words, path, scalar), effective);
}

function secretsIn(node: TreeNode, path: readonly PropertyKey[]): readonly Secret[] {
  switch (node.kind) {
    case "map":
      return [...node.entries].flatMap(([key, { value }]) => secretsIn(value, [...path, key]));
    case "list": {
      let index = 0;
      return node.items.flatMap((item) => {
        const first = index;
        const count = path.at(-1) === "backends" ? countOf(item) : 1;
        index += count;
        return Array.from({ length: count }, (_, more) => secretsIn(item, [...path, first + more])).flat();
      });
    }
    case "scalar":
      return node.written === undefined ? [] : [{ path, scalar: node }];
  }
}

function replacedAt(words: unknown, path: readonly PropertyKey[], scalar: TreeScalar): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacedHere(words, scalar);
  if (Array.isArray(words)) {
    return words.map((word: unknown, index) => (index === step ? replacedAt(word, rest, scalar) : word));
  }
  if (!isRecord(words)) return HEADS.includes(String(step)) ? scalar.written : words;
  const key = Object.keys(words).find((each) => isSameKey(each, String(step)));
  return key === undefined ? words : { ...words, [key]: replacedAt(words[key], rest, scalar) };
}

/** A value alone may stand for a list of one, or for a map whose first key says the same. */
function replacedHere(words: unknown, scalar: TreeScalar): unknown {
  if (Array.isArray(words)) return words.map((word: unknown) => replacedHere(word, scalar));
  if (!isRecord(words)) return scalar.written;
  const head = HEADS.find((each) => Object.hasOwn(words, each));
  return head === undefined ? words : { ...words, [head]: scalar.written };
}

/** Names of headers are known in lower case, and types of TLVs in one form. */
function isSameKey(one: string, other: string): boolean {
  if (one === other || one.toLowerCase() === other.toLowerCase()) return true;
  return /^0x/i.test(one) && Number(one) === Number(other);
}
