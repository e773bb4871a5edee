// The `defaults` of a file, put below its listeners, pools and backends. What comes from there keeps its place.

import type { TreeEntry, TreeMap, TreeNode } from "./tree.ts";

/** Texts of the user's own are the names in these: there an x- is part of a name. */
const FREE = new Set(["listeners", "pools", "header", "headers", "tlv", "split", "custom"]);

/** Without the keys that begin with x-, which are free for anchors. */
export function withoutFree(node: TreeNode, name = ""): TreeNode {
  if (node.kind === "list") return { ...node, items: node.items.map((item) => withoutFree(item)) };
  if (node.kind === "scalar") return node;
  const isFree = FREE.has(name);
  const entries = [...node.entries]
    .filter(([key]) => isFree || !key.startsWith("x-"))
    .map(([key, entry]) => [key, { ...entry, value: withoutFree(entry.value, isFree ? "" : key) }] as const);
  return { ...node, entries: new Map(entries) };
}

/** Every listener, pool and backend with what the defaults say of it. */
export function withDefaults(tree: TreeNode): TreeNode {
  const defaults = entryOf(tree, "defaults");
  if (tree.kind !== "map" || defaults === undefined) return tree;
  const ofBackend = entryOf(defaults, "backend");
  const listeners = mapped(entryOf(tree, "listeners"), (listener) => below(listener, entryOf(defaults, "listener")));
  const pools = mapped(entryOf(tree, "pools"), (pool) =>
    withBackends(below(pool, entryOf(defaults, "pool")), ofBackend),
  );
  return replaced(replaced(tree, "listeners", listeners), "pools", pools);
}

function withBackends(pool: TreeNode, ofBackend: TreeNode | undefined): TreeNode {
  const backends = entryOf(pool, "backends");
  if (pool.kind !== "map" || backends?.kind !== "list" || ofBackend?.kind !== "map") return pool;
  const items = backends.items.map((item) => below(item.kind === "scalar" ? addressed(item) : item, ofBackend));
  return replaced(pool, "backends", { ...backends, items });
}

/** An address alone, as a map. */
function addressed(address: TreeNode): TreeMap {
  return { kind: "map", at: address.at, entries: new Map([["address", { at: address.at, value: address }]]) };
}

/** Maps are merged key by key; anything else is as it is. */
function below(own: TreeNode, fallback: TreeNode | undefined): TreeNode {
  if (own.kind !== "map" || fallback?.kind !== "map") return own;
  const entries = new Map(fallback.entries);
  for (const [key, entry] of own.entries) {
    const before = entries.get(key);
    const under = before && (key === "probe" ? probeUnder(entry.value, before.value) : before.value);
    entries.set(key, under === undefined ? entry : { ...entry, value: below(entry.value, under) });
  }
  return { ...own, entries };
}

/** What every type of probe has. */
const OF_EVERY_PROBE = new Set(["interval", "interval-changing", "jitter", "timeout", "rise", "fall", "send-proxy"]);

/** Of a probe of another type, what says how often it comes: a path is nothing to a probe over TCP. */
function probeUnder(own: TreeNode, fallback: TreeNode): TreeNode {
  const type = textOf(entryOf(own, "type"));
  if (fallback.kind !== "map" || type === undefined) return fallback;
  if (type === (textOf(entryOf(fallback, "type")) ?? "tcp")) return fallback;
  return { ...fallback, entries: new Map([...fallback.entries].filter(([key]) => OF_EVERY_PROBE.has(key))) };
}

function textOf(node: TreeNode | undefined): string | undefined {
  return node?.kind === "scalar" ? String(node.value) : undefined;
}

function mapped(node: TreeNode | undefined, change: (value: TreeNode) => TreeNode): TreeNode | undefined {
  if (node?.kind !== "map") return node;
  return { ...node, entries: new Map([...node.entries].map(([key, entry]) => [key, changed(entry, change)])) };
}

function changed(entry: TreeEntry, change: (value: TreeNode) => TreeNode): TreeEntry {
  return { ...entry, value: change(entry.value) };
}

function replaced(map: TreeMap, key: string, value: TreeNode | undefined): TreeMap {
  const entry = map.entries.get(key);
  if (entry === undefined || value === undefined) return map;
  return { ...map, entries: new Map([...map.entries, [key, { ...entry, value }]]) };
}

function entryOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}
