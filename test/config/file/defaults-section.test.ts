import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withDefaults, withoutFree } from "../../../src/config/file/defaults-section.ts";
import { find, plainOf, type TreeNode } from "../../../src/config/file/tree.ts";
import { parseTree } from "../../../src/config/file/yaml-tree.ts";

function treeOf(text: string): TreeNode {
  const { tree } = parseTree(text);
  assert.ok(tree !== undefined);
  return tree;
}

describe("withoutFree", () => {
  it("drops keys that begin with x-, but no names of the user's own", () => {
    const text = `
x-anchor: 1
listeners: { x-ray: { x-a: 1, routes: [{ header: { x-canary: 1 }, x-b: 2, split: { x-pool: 1 } }] } }
pools: { x-pool: { x-c: 1 } }
`;
    assert.deepEqual(plainOf(withoutFree(treeOf(text))), {
      listeners: { "x-ray": { routes: [{ header: { "x-canary": 1 }, split: { "x-pool": 1 } }] } },
      pools: { "x-pool": {} },
    });
  });
});

describe("withDefaults", () => {
  const text = `
defaults:
  listener: { a: 1, peek: { b: 2, c: 3 } }
  pool: { d: 4 }
  backend: { weight: 5 }
listeners: { web: { peek: { c: 6 } }, db: { a: 7, peek: none } }
pools: { web: { backends: [x, { weight: 8 }, [9]] } }
`;

  it("puts them below each listener, pool and backend, key by key", () => {
    const { defaults: _, ...rest } = plainOf(withDefaults(treeOf(text))) as Record<string, unknown>;
    assert.deepEqual(rest, {
      listeners: { web: { a: 1, peek: { b: 2, c: 6 } }, db: { a: 7, peek: "none" } },
      pools: { web: { d: 4, backends: [{ weight: 5, address: "x" }, { weight: 8 }, [9]] } },
    });
  });

  it("leaves out what a probe of another type has nothing to do with", () => {
    const probes = `
defaults: { pool: { probe: { type: http, path: /health, interval: 1s } } }
pools: { a: { probe: { type: tcp } }, b: { probe: { path: /b } }, c: { probe: tcp }, d: { probe: { type: http } } }
`;
    const { pools } = plainOf(withDefaults(treeOf(probes))) as Record<string, unknown>;
    assert.deepEqual(pools, {
      a: { probe: { type: "tcp", interval: "1s" } },
      b: { probe: { type: "http", path: "/b", interval: "1s" } },
      c: { probe: "tcp" },
      d: { probe: { type: "http", path: "/health", interval: "1s" } },
    });
  });

  it("leaves what comes from there in its place", () => {
    assert.deepEqual(find(withDefaults(treeOf(text)), ["listeners", "web", "a"]).keyAt, { line: 3, column: 15 });
  });

  it("looks into nothing that is no map", () => {
    for (const odd of [
      "5",
      "defaults: 5",
      "defaults: { pool: 5 }\npools: 6",
      "defaults: { listener: {} }\nlisteners: [1]",
    ]) {
      assert.deepEqual(plainOf(withDefaults(treeOf(odd))), plainOf(treeOf(odd)));
    }
  });
});
