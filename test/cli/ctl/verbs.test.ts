import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCommandLine } from "../../../src/cli/command-line.ts";
import { verbOf, verbs } from "../../../src/cli/ctl/verbs.ts";

describe("verbs", () => {
  it("are found by their name alone", () => {
    assert.equal(verbOf("drain")?.name, "drain");
    for (const word of ["", "Drain", "toString"]) assert.equal(verbOf(word), undefined);
  });

  for (const { name, count, words, examples } of verbs) {
    it(`shows ${name} as it is to be written`, () => {
      const needed = words.split(" ").filter((word) => word !== "" && !/^\[[A-Z]+\]$/.test(word)).length;
      assert.equal(count[0], needed);
      for (const { term } of examples) {
        const [program, ...argv] = term.split(" ");
        assert.equal(program, "lb-tcp");
        const invocation = parseCommandLine(argv);
        assert.ok(invocation.kind === "run" && invocation.command?.name === "ctl");
        assert.equal(invocation.words[0], name);
      }
    });
  }
});
