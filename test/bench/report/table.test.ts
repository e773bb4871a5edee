import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { layoutTable } from "../../../bench/report/table.ts";

describe("layoutTable", () => {
  it("aligns the first column over all sections, and the others within theirs", () => {
    const text = layoutTable([
      { title: "one", head: ["µs"], rows: [["a", "1,000"]], notes: ["  b failed"] },
      { title: "two", head: ["long head", "×"], rows: [["longer", "2", "1.00"]], notes: [] },
    ]);
    assert.equal(
      text,
      [
        "one",
        "           µs",
        "a       1,000",
        "  b failed",
        "",
        "two",
        "        long head     ×",
        "longer          2  1.00",
        "",
      ].join("\n"),
    );
  });

  it("shows a section without rows as its notes", () => {
    assert.equal(layoutTable([{ title: "absent", head: ["x"], rows: [], notes: ["  why"] }]), "absent\n  why\n");
  });
});
