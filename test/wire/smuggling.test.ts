import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shapeTreatments, smugglingShapes } from "../../src/wire/smuggling.ts";

describe("shapeTreatments", () => {
  it("says of each shape what strict does and what comes of it otherwise", () => {
    assert.deepEqual(Object.keys(shapeTreatments).sort(), [...smugglingShapes].sort());
    for (const shape of smugglingShapes)
      assert.deepEqual(shapeTreatments[shape], { strict: 400, otherwise: "default-pool" });
  });
});
