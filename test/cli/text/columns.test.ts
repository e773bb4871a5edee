import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Column, tableLines } from "../../../src/cli/text/columns.ts";
import { lineLength, paintLines, span } from "../../../src/cli/text/line.ts";

const columns: readonly Column[] = [
  { title: "NAME" },
  { title: "SESSIONS", align: "right" },
  { title: "UP", align: "right", dispensable: 2 },
  { title: "ADDRESS", dispensable: 1 },
  { title: "REASON" },
];
const rows = [
  [span("web/b1"), span("12"), span("1.2 MiB"), span("10.0.0.1:80"), span("")],
  [span("db/replica"), span("1,234"), span("0 B"), span("10.0.0.2:80"), span("probe: refused, nobody listens")],
];

function text(width: number): string {
  return paintLines(tableLines(columns, rows, width), "none");
}

describe("tableLines", () => {
  it("aligns names to the left, figures to the right", () => {
    assert.equal(
      text(Number.POSITIVE_INFINITY),
      [
        "NAME        SESSIONS       UP  ADDRESS      REASON\n",
        "web/b1            12  1.2 MiB  10.0.0.1:80\n",
        "db/replica     1,234      0 B  10.0.0.2:80  probe: refused, nobody listens\n",
      ].join(""),
    );
  });

  it("cuts the last column first, then leaves out what can be spared", () => {
    assert.match(text(61), /^db.* 10\.0\.0\.2:80 {2}probe: refused, …$/m);
    assert.match(text(52), /^db\/replica {5}1,234 {2}10\.0\.0\.2:80 {2}probe: refused, …$/m);
    assert.match(text(39), /^db\/replica {5}1,234 {2}probe: refused, …$/m);
  });

  it("fits into any width that has room for the rest", () => {
    for (let width = 34; width < 90; width++) {
      for (const line of tableLines(columns, rows, width)) assert.ok(lineLength(line) <= width, String(width));
    }
  });
});
