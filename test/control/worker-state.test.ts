import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BackendTable } from "../../src/backend/table.ts";
import { createWorkerState } from "../../src/control/worker-state.ts";
import { Admission } from "../../src/session/admission.ts";

describe("createWorkerState", () => {
  it("gives workers what they share, and each memory of its own", () => {
    const common = {
      table: new BackendTable(),
      admission: new Admission(10),
      sessionLimit: 10,
      descriptorLimit: Number.POSITIVE_INFINITY,
    };
    const one = createWorkerState(common).memory;
    const other = createWorkerState(common).memory;
    const { table, admission, ...own } = one;
    assert.equal(table, other.table);
    assert.equal(admission, other.admission);
    const memories = new Set([...Object.values(own), ...Object.values(other)]);
    assert.equal(memories.size, 2 * Object.keys(own).length + 2);
    assert.deepEqual(structuredClone(one).words.byteLength, one.words.byteLength);
  });
});
