import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFunctionPolicy } from "../../src/backend/function-policy.ts";
import type { BackendRow } from "../../src/backend/pool.ts";
import type { Candidates, PolicyCandidate, PolicyFunction } from "../../src/balance/policy.ts";
import { backendRow } from "./pool-snapshot.ts";

const CLIENT = "192.0.2.1";
const members: ReadonlyMap<number, BackendRow> = new Map([2, 5, 7].map((row) => [row, backendRow(row)]));

const candidates: Candidates = {
  // Longer than its count, as a pool's own array is.
  ids: Int32Array.of(2, 5, 7),
  count: 2,
  active: Int32Array.of(0, 0, 11, 0, 0, 22),
  weight: Int32Array.of(0, 0, 1, 0, 0, 3),
  weightUnit: 1,
};

function pick(choose: PolicyFunction, shown: Candidates = candidates): number {
  const policy = createFunctionPolicy(choose, (row) => members.get(row));
  policy.arrange([]);
  return policy.pick(shown, 0, CLIENT);
}

describe("createFunctionPolicy", () => {
  it("shows the function names and figures, and gives the row it returns", () => {
    let asked: unknown[] = [];
    const picked = pick((offered, client) => {
      asked = [structuredClone(offered), client];
      const [, second] = offered;
      assert.ok(second !== undefined);
      return second;
    });
    assert.equal(picked, 5);
    assert.deepEqual(asked, [
      [
        { name: "b2", address: "10.0.0.2:80", weight: 1, active: 11 },
        { name: "b5", address: "10.0.0.5:80", weight: 3, active: 22 },
      ],
      { address: CLIENT },
    ]);
  });

  it("is not asked when there is nobody", () => {
    const never: PolicyFunction = () => assert.fail("asked about nobody");
    assert.equal(pick(never, { ...candidates, count: 0 }), -1);
  });

  it("refuses an answer that was not offered, though it looks the same", () => {
    const copies: PolicyFunction = ([first]) => ({ name: "", address: "", weight: 0, active: 0, ...first });
    assert.throws(() => pick(copies), { name: "TypeError", message: /must return one of the candidates/ });
  });

  it("refuses what a JavaScript user may return", () => {
    for (const answer of [undefined, null, 0, "b2", {}]) {
      const choose = (): PolicyCandidate => answer as unknown as PolicyCandidate;
      assert.throws(() => pick(choose), { name: "TypeError", message: /must return one of the candidates/ });
    }
  });

  it("passes on what the function throws", () => {
    const throws: PolicyFunction = () => {
      throw new RangeError("out of luck");
    };
    assert.throws(() => pick(throws), { name: "RangeError", message: "out of luck" });
  });

  it("refuses a backend that the function has removed itself", () => {
    const left = new Map(members);
    const policy = createFunctionPolicy(
      ([first]) => {
        assert.ok(first !== undefined);
        left.delete(2);
        return first;
      },
      (row) => left.get(row),
    );
    assert.throws(() => policy.pick(candidates, 0, CLIENT), { message: /must not remove what it returns/ });
  });
});
