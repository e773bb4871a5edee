import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FoundShapes, shapeTreatments, smugglingShapes } from "../../src/wire/smuggling.ts";

describe("shapeTreatments", () => {
  it("says of each shape what strict does and what comes of it otherwise", () => {
    assert.deepEqual(Object.keys(shapeTreatments).sort(), [...smugglingShapes].sort());
    for (const shape of smugglingShapes)
      assert.deepEqual(shapeTreatments[shape], { strict: 400, otherwise: "default-pool" });
  });
});

describe("FoundShapes", () => {
  it("has each shape once, in the order in which they were found", () => {
    const shapes = new FoundShapes();
    assert.deepEqual(shapes.all, []);
    for (const shape of ["nul", "bare-lf", "nul"] as const) shapes.add(shape);
    assert.deepEqual(shapes.all, ["nul", "bare-lf"]);
  });
});
