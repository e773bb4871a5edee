import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inOrder } from "../../src/control/in-order.ts";

describe("inOrder", () => {
  it("follows the configuration, and leaves the others at the end as they were", () => {
    const values = new Map(["z", "x", "b", "a", "y"].map((name) => [name, name.toUpperCase()]));
    const ordered = inOrder(values, [{ name: "a" }, { name: "b" }, { name: "missing" }]);
    assert.deepEqual([...ordered.keys()], ["a", "b", "z", "x", "y"]);
    assert.equal(ordered.get("a"), "A");
  });
});
