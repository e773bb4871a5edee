import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { HARD_SPACE, page, pageColumns, paragraph, section, table, termColumnsOf } from "../../src/cli/page.ts";

describe("pageColumns", () => {
  const cases: readonly (readonly [terminal: number | undefined, columns: number])[] = [
    [undefined, 80],
    [80, 80],
    [100, 100],
    [110, 110],
    [200, 110],
    [0, 40],
    [20, 40],
  ];
  for (const [terminal, columns] of cases) {
    it(`gives ${columns} for a terminal of ${terminal ?? "unknown"} columns`, () => {
      assert.equal(pageColumns(terminal), columns);
    });
  }
});

describe("paragraph", () => {
  it("breaks lines at spaces, and indents them", () => {
    assert.equal(paragraph("one two three four", 10), "one two\nthree four\n");
    assert.equal(paragraph("one two three four", 10, "  "), "  one two\n  three\n  four\n");
  });

  it("leaves a word that is too long on a line of its own", () => {
    assert.equal(paragraph("a 0123456789abcdef b", 8), "a\n0123456789abcdef\nb\n");
  });

  it("does not break at a hard space, and writes it as a space", () => {
    assert.equal(paragraph(`one two (default${HARD_SPACE}1h)`, 14), "one two\n(default 1h)\n");
  });

  it("keeps all words, in lines that are as long as they may be", () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 10, max: 40 }), (words, columns) => {
        const lines = paragraph(words.join(" "), columns).trimEnd().split("\n");
        assert.equal(lines.join(" "), words.join(" "));
        for (const [index, line] of lines.entries()) {
          assert.ok(line.length <= columns);
          const next = lines[index + 1]?.split(" ")[0];
          assert.ok(next === undefined || line.length + 1 + next.length > columns);
        }
      }),
    );
  });
});

describe("table", () => {
  const rows = [
    { term: "--a", text: "one two three four five" },
    { term: "--long-one VALUE", text: "six" },
    { term: "--b X", text: "seven" },
  ];

  it("aligns the texts, and puts terms that are too long above theirs", () => {
    const termColumns = termColumnsOf(rows, 24);
    assert.equal(termColumns, 9);
    assert.equal(
      table(rows, 24, termColumns),
      ["  --a    one two three", "         four five", "  --long-one VALUE", "         six", "  --b X  seven", ""].join(
        "\n",
      ),
    );
  });

  it("gives the terms more room on a wide page", () => {
    const termColumns = termColumnsOf(rows, 80);
    assert.equal(
      table(rows, 80, termColumns),
      ["  --a               one two three four five", "  --long-one VALUE  six", "  --b X             seven", ""].join(
        "\n",
      ),
    );
  });

  it("writes a term without a text as one line", () => {
    assert.equal(table([{ term: "a-long-command with words", text: "" }], 20, 4), "  a-long-command with words\n");
  });

  it("has no text to align where every term is too long", () => {
    const long = [{ term: "x".repeat(30), text: "text" }];
    assert.equal(table(long, 40, termColumnsOf(long, 40)), `  ${"x".repeat(30)}\n    text\n`);
  });
});

describe("page", () => {
  it("puts an empty line between sections, and leaves out those that are empty", () => {
    assert.equal(page("a\n", "", section("B", "  b\n"), section("", "c\n")), "a\n\nB\n  b\n\nc\n");
  });
});
