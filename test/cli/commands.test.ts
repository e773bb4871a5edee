import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandOf, commands, laterCommands } from "../../src/cli/commands.ts";

describe("commands", () => {
  it("are those that can be used, and those that are reserved", () => {
    const names: readonly string[] = commands.map(({ name }) => name);
    assert.deepEqual(names, ["demo", "backend", "check", "doctor", "schema", "explain", "print", "completion"]);
    assert.deepEqual(laterCommands, ["ctl", "top"]);
  });

  it("are found by their name alone", () => {
    assert.equal(commandOf("demo")?.name, "demo");
    for (const word of ["", "Demo", "dem", "ctl", "toString"]) assert.equal(commandOf(word), undefined);
  });
});
