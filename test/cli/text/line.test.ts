import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  clipLine,
  clipText,
  type Line,
  lineLength,
  padLine,
  paintLine,
  paintLines,
  span,
  toned,
} from "../../../src/cli/text/line.ts";

const line: Line = [span("web/b1 "), span("down", "bad"), span(" probe", "dim")];

describe("span", () => {
  it("holds nothing that a terminal would obey", () => {
    assert.equal(span("a\u001b[2Jb\nc\u009b1m\u202ed").text, "a [2Jb c 1m d");
  });
});

describe("clipLine", () => {
  it("leaves a line that fits as it is", () => assert.equal(clipLine(line, 17), line));

  it("cuts what does not fit, within a span and between two", () => {
    const texts = [16, 12, 11, 7, 1, 0].map((columns) =>
      clipLine(line, columns)
        .map(({ text }) => text)
        .join(""),
    );
    assert.deepEqual(texts, ["web/b1 down pro…", "web/b1 down…", "web/b1 dow…", "web/b1…", "…", ""]);
  });

  it("never gives a line that is longer, or loses a tone", () => {
    const spans = fc.array(fc.record({ text: fc.string(), tone: fc.constantFrom("plain" as const, "bad" as const) }));
    fc.assert(
      fc.property(spans, fc.nat({ max: 40 }), (each, columns) => {
        const clipped = clipLine(each, columns);
        assert.ok(lineLength(clipped) <= columns);
        assert.deepEqual(
          clipped.map(({ tone }) => tone),
          each.slice(0, clipped.length).map(({ tone }) => tone),
        );
      }),
    );
  });
});

describe("clipText", () => {
  it("ends in an ellipsis where something is missing", () => {
    assert.deepEqual(
      [clipText("down", 4), clipText("down", 3), clipText("down", 0), clipText("down", 4, true)],
      ["down", "do…", "", "dow…"],
    );
  });
});

describe("padLine and toned", () => {
  it("make a bar of a line", () => {
    const bar = padLine(toned(line, "selected"), 20);
    assert.equal(lineLength(bar), 20);
    assert.deepEqual([...new Set(bar.map(({ tone }) => tone))], ["selected"]);
    assert.equal(padLine(line, 3), line);
  });
});

describe("paintLine", () => {
  it("paints every tone, those without a colour, or none", () => {
    assert.equal(paintLine(line, "colors"), "web/b1 \u001b[31mdown\u001b[0m\u001b[2m probe\u001b[0m");
    assert.equal(paintLine(line, "no-colors"), "web/b1 down\u001b[2m probe\u001b[0m");
    assert.equal(paintLine(line, "none"), "web/b1 down probe");
  });

  it("leaves no space at the end of a line", () => {
    assert.equal(paintLines([[span("a"), span("  ")], []], "none"), "a\n\n");
  });
});
