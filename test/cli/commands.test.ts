import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandOf, commands } from "../../src/cli/commands.ts";

describe("commands", () => {
  it("are those that there are", () => {
    const names: readonly string[] = commands.map(({ name }) => name);
    const expected = ["demo", "backend", "check", "doctor", "ctl", "top", "schema", "explain", "print", "completion"];
    assert.deepEqual(names, expected);
  });

  it("are found by their name alone", () => {
    assert.equal(commandOf("demo")?.name, "demo");
    for (const word of ["", "Demo", "dem", "toString"]) assert.equal(commandOf(word), undefined);
  });
});
