// A file as values that know where they stand and how they were written.

/** Counted from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type TreeNode = TreeMap | TreeList | TreeScalar;

export interface TreeMap {
  readonly kind: "map";
  readonly at: Position;
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

export interface TreeEntry {
  /** Of the key. */
  readonly at: Position;
  readonly value: TreeNode;
}

export interface TreeList {
  readonly kind: "list";
  readonly at: Position;
  readonly items: readonly TreeNode[];
}

export interface TreeScalar {
  readonly kind: "scalar";
  readonly at: Position;
  readonly value: string | number | boolean | null;
  /** The text in which variables stand for what may be secret; undefined where there are none. */
  readonly written: string | undefined;
}

/** What is found along a path, as far as it goes. */
export interface Found {
  /** Undefined where the last step leads nowhere. */
  readonly node: TreeNode | undefined;
  /** Of the value; where there is none, of the key or the item that should hold it. */
  readonly at: Position;
  /** Of the key, or of the item of a list. */
  readonly keyAt: Position;
}

export function find(root: TreeNode, path: readonly PropertyKey[]): Found {
  let node: TreeNode = root;
  let keyAt = root.at;
  for (const step of path) {
    const entry: TreeEntry | undefined = entryOf(node, step);
    if (entry === undefined) return { node: undefined, at: keyAt, keyAt };
    keyAt = entry.at;
    node = entry.value;
  }
  return { node, at: node.at, keyAt };
}

function entryOf(node: TreeNode, step: PropertyKey): TreeEntry | undefined {
  if (node.kind === "map") return node.entries.get(String(step));
  const item = node.kind === "list" ? node.items[Number(step)] : undefined;
  return item === undefined ? undefined : { at: item.at, value: item };
}

/** As plain values, for whoever needs no positions. */
export function plainOf(node: TreeNode): unknown {
  switch (node.kind) {
    case "map":
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainOf(value)]));
    case "list":
      return node.items.map(plainOf);
    case "scalar":
      return node.value;
  }
}

/** The scalars in it whose values come from variables. */
export function substituted(node: TreeNode): readonly TreeScalar[] {
  switch (node.kind) {
    case "map":
      return [...node.entries.values()].flatMap(({ value }) => substituted(value));
    case "list":
      return node.items.flatMap(substituted);
    case "scalar":
      return node.written === undefined ? [] : [node];
  }
}
