// From a path in the library's words to the place in a file that it came from.

import type { Problem } from "../../errors.ts";
import { discreet, located } from "./file-problems.ts";
import { expandRange, hasRange } from "./range.ts";
import { find, type TreeNode } from "./tree.ts";

const SEGMENT = /\.?([\w$-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy;

/** Where the words of the file are others than those of the library with dashes. */
const WORDS: Readonly<Record<string, string>> = { byteCount: "size", ratePerSecond: "rate", queueLength: "queue" };

/** Options that stand at the top, and in a section of a file. */
const PROCESS_WORDS: ReadonlySet<string> = new Set(["maxConnections", "workers", "transport"]);

/**
 * A problem of an option, as one of the file. Undefined where the file does not hold the option.
 * @param backends Whether they are counted as options, of which one item may be several, or as items.
 */
export function placed(
  { path, message }: Problem,
  tree: TreeNode,
  file: string,
  backends: "options" | "items" = "options",
): Problem | undefined {
  const segments = segmentsOf(path);
  let steps: PropertyKey[] = [];
  for (const segment of segments) {
    const item = typeof segment === "number" && backends === "options" ? itemOf(tree, steps, segment) : segment;
    const next = [item, fileWord(item)].find((word) => find(tree, [...steps, word]).node !== undefined);
    if (next === undefined) break;
    steps = [...steps, next];
  }
  if (steps.length === 0) return undefined;
  const { node, at, keyAt } = find(tree, steps);
  // What is missing has a name, and no place of its own.
  const rest = segments.slice(steps.length).map(fileWord);
  return located(
    file,
    rest.length > 0 ? keyAt : at,
    [...steps, ...rest],
    node === undefined ? message : discreet(message, node),
  );
}

/** What an option's path is called in a file: `maxConnections` is `process.max-connections` there. */
export function fileKeyOf(path: string): string {
  const words = segmentsOf(path).map(fileWord);
  return (PROCESS_WORDS.has(path) ? ["process", ...words] : words).join(".");
}

/** Ten backends may come from one item. */
function itemOf(tree: TreeNode, list: readonly PropertyKey[], index: number): number {
  const { node } = find(tree, list);
  if (node?.kind !== "list" || list.at(-1) !== "backends") return index;
  let before = 0;
  for (const [item, each] of node.items.entries()) {
    before += countOf(each);
    if (index < before) return item;
  }
  return Math.max(node.items.length - 1, 0);
}

/** How many backends an item stands for. */
export function countOf(backend: TreeNode): number {
  const address = backend.kind === "map" ? backend.entries.get("address")?.value : backend;
  if (address?.kind !== "scalar" || typeof address.value !== "string" || !hasRange(address.value)) return 1;
  const expanded = expandRange(address.value);
  return "value" in expanded ? expanded.value.length : 1;
}

function segmentsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(SEGMENT)].map(([, name, index, quoted]) => {
    if (index !== undefined) return Number(index);
    if (quoted === undefined) return name ?? "";
    const parsed: unknown = JSON.parse(quoted);
    return String(parsed);
  });
}

function fileWord(segment: string | number): string | number {
  if (typeof segment === "number") return segment;
  return WORDS[segment] ?? segment.replace(/Ms$/, "").replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
