import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { controlDescription, flagRow, verbHelp } from "../../../src/cli/ctl/help.ts";
import { verbs } from "../../../src/cli/ctl/verbs.ts";

describe("verbHelp", () => {
  for (const verb of verbs) {
    it(`describes ${verb.name} within 80 columns`, () => {
      const text = verbHelp(verb, 80);
      assert.match(text, new RegExp(`^lb-tcp ctl ${verb.name}: `));
      assert.match(text, new RegExp(`^Usage\n  lb-tcp ctl ${verb.name}\\b`, "m"));
      for (const { name } of verb.flags) assert.ok(text.includes(`--${name}`));
      for (const word of ["--admin ADDRESS", "--admin-token-file FILE", "--json", "Examples"])
        assert.ok(text.includes(word));
      assert.doesNotMatch(text, / \n|\n\n\n/);
      assert.ok(text.split("\n").every((line) => line.length <= 80));
    });
  }
});

describe("controlDescription", () => {
  it("names every verb", () => {
    const terms = controlDescription.more.flatMap(({ rows }) => rows.map(({ term }) => term.split(" ")[0]));
    for (const { name } of verbs) assert.ok(terms.includes(name), name);
  });
});

describe("flagRow", () => {
  it("shows how a value is written", () => {
    const terms = ["", "FILE", "[=DURATION]"].map((placeholder) => flagRow({ name: "x", placeholder, text: "" }).term);
    assert.deepEqual(terms, ["--x", "--x FILE", "--x[=DURATION]"]);
  });
});
