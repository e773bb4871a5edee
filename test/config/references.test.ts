import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { referenceProblems } from "../../src/config/references.ts";

function problems(options: unknown): string[] {
  return referenceProblems(options).map(({ path, message }) => `${path}: ${message}`);
}

const pools = { web: { backends: ["a:1"] } };

describe("referenceProblems", () => {
  it("is content where every name means one thing", () => {
    assert.deepEqual(problems({ listeners: { a: { listen: "80" }, b: { listen: ["81"], pool: "web" } }, pools }), []);
  });

  it("wants a listener and a pool, which may be empty", () => {
    assert.deepEqual(problems({ listeners: {}, pools: {} }), [
      "listeners: got none, expected at least one",
      "pools: got none, expected at least one",
    ]);
    assert.deepEqual(problems({ listeners: { a: { listen: "80" } }, pools: { web: { backends: [] } } }), []);
  });

  it("proposes the pool that was meant, or lists those there are", () => {
    const options = { listeners: { a: { listen: "80", pool: "wbe" }, b: { listen: "81", pool: "x" } }, pools };
    assert.deepEqual(problems(options), [
      'listeners.a.pool: there is no pool "wbe"; did you mean web?',
      'listeners.b.pool: there is no pool "x"; the pools are "web"',
    ]);
  });

  it("takes the only pool, and asks where there are several", () => {
    assert.deepEqual(problems({ listeners: { a: { listen: "80" } }, pools: { web: {}, api: {} } }), [
      'listeners.a.pool: missing, expected the name of a pool, as there are several; the pools are "web", "api"',
    ]);
  });

  it("lists no more pools than fit into a line", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`pool-${index}`, {}]));
    const [problem = ""] = problems({ listeners: { a: { listen: "80" } }, pools: many });
    assert.match(problem, /"pool-9", …$/);
  });

  it("refuses names that can't be labels", () => {
    const expected = "expected 1 to 64 letters, digits and . _ - that begin with a letter or a digit";
    assert.deepEqual(problems({ listeners: { "a b": { listen: "80" } }, pools: { "": {} } }), [
      `listeners["a b"]: got the name "a b", ${expected}`,
      `pools[""]: got the name "", ${expected}`,
    ]);
  });

  it("sees the one name that objects treat differently", () => {
    const options: unknown = JSON.parse('{"listeners":{"__proto__":{}},"pools":{"__proto__":{}}}');
    assert.deepEqual(
      referenceProblems(options).map(({ path }) => path),
      ["listeners.__proto__", "pools.__proto__"],
    );
  });

  it("refuses one address for two listeners, or twice for one, but not port 0", () => {
    const listeners = { a: { listen: ["80", "unix:/x", ":0"] }, b: { listen: [":80", "0", "81", "81"] } };
    assert.deepEqual(problems({ listeners, pools }), [
      'listeners.b.listen: ":80" is taken by the listener "a" already; leave it out here',
      'listeners.b.listen: ":81" is taken by the listener "b" already; leave it out here',
    ]);
  });

  it("refuses two backends of one name in a pool", () => {
    const backends = [
      "a:1",
      { address: "b:1", name: "a:1" },
      { address: "http://c" },
      "c:80",
      { address: "a:1", name: "d" },
    ];
    assert.deepEqual(
      problems({ listeners: { a: { listen: "80" } }, pools: { web: { backends }, api: { backends: ["a:1"] } } }),
      [
        'listeners.a.pool: missing, expected the name of a pool, as there are several; the pools are "web", "api"',
        'pools.web.backends[1]: a backend before it is named "a:1" too; give each a name of its own',
        'pools.web.backends[3]: a backend before it is named "c:80" too; give each a name of its own',
      ],
    );
  });

  it("wants no more listeners and pools than there are places for their counts", () => {
    const named = (count: number, value: (index: number) => unknown): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, value(index)]));
    const listeners = named(1_024, (index) => ({ listen: `${1_000 + index}`, pool: "n0" }));
    assert.deepEqual(problems({ listeners, pools: named(1_025, () => ({ backends: [] })) }), [
      "listeners: got 1,024, expected at most 1,023",
      "pools: got 1,025, expected at most 1,024",
    ]);
  });

  it("takes a function for a policy only where there are no other threads", () => {
    const own = { web: { backends: [], policy: () => undefined }, api: { backends: [], policy: "random" } };
    const listeners = { a: { listen: "80", pool: "web" } };
    assert.deepEqual(problems({ listeners, pools: own }), []);
    assert.deepEqual(problems({ listeners, pools: own, workers: 0 }), []);
    const message = "a function can't be taken to another thread; set workers to 0, or name a policy";
    for (const workers of [1, 2, "auto"]) {
      assert.deepEqual(problems({ listeners, pools: own, workers }), [`pools.web.policy: ${message}`]);
    }
  });

  it("takes linux only with workers of its own", () => {
    const listeners = { a: { listen: "80" } };
    const message = 'got "linux", which needs workers of its own; set workers to 1 or more, or to "auto"';
    assert.deepEqual(problems({ listeners, pools, transport: "linux" }), [`transport: ${message}`]);
    assert.deepEqual(problems({ listeners, pools, transport: "linux", workers: "auto" }), []);
    assert.deepEqual(problems({ listeners, pools, transport: "net" }), []);
  });

  it("looks at anything without throwing", () => {
    const shape = fc.record(
      { listeners: fc.object({ maxDepth: 2 }), pools: fc.object({ maxDepth: 3 }) },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(fc.oneof(fc.anything(), shape), (options) => void referenceProblems(options)));
  });
});
