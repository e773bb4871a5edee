import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LabelSets, withLabel } from "../../../src/admin/metrics/labels.ts";

describe("withLabel", () => {
  it("gives the same object for the same labels, and adds to none", () => {
    const labels = { pool: "web" };
    const first = withLabel(labels, "state", "up");
    assert.deepEqual(first, { pool: "web", state: "up" });
    assert.equal(withLabel(labels, "state", "up"), first);
    assert.notEqual(withLabel(labels, "state", "down"), first);
    assert.notEqual(withLabel({ pool: "web" }, "state", "up"), first);
    assert.deepEqual(labels, { pool: "web" });
  });
});

describe("LabelSets", () => {
  it("keeps an object as long as each round asks for it", () => {
    const sets = new LabelSets();
    const first = sets.of({ pool: "web", backend: "a" });
    sets.turn();
    assert.equal(sets.of({ pool: "web", backend: "a" }), first);
    sets.turn();
    sets.turn();
    assert.notEqual(sets.of({ pool: "web", backend: "a" }), first);
  });

  it("keeps apart what differs by a name, a value, or where one ends", () => {
    const sets = new LabelSets();
    const all = [{ pool: "a" }, { listener: "a" }, { pool: "a", backend: "b" }, { pool: 'a","backend":"b' }];
    assert.deepEqual(
      all.map((labels) => sets.of(labels)),
      all,
    );
  });
});
