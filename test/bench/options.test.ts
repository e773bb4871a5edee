import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseOptions } from "../../bench/options.ts";

describe("parseOptions", () => {
  it("measures everything five times, into files of its own name", () => {
    assert.deepEqual(parseOptions([]), {
      kind: "bench",
      options: {
        rotations: 5,
        quick: false,
        only: undefined,
        subjects: undefined,
        node: process.execPath,
        output: "bench",
      },
    });
  });

  it("keeps what is not everything apart", () => {
    const command = parseOptions(["--quick", "--only", "bulk,memory"]);
    assert.ok(command.kind === "bench");
    assert.deepEqual(
      [command.options.rotations, command.options.only, command.options.output],
      [1, ["bulk", "memory"], "partial"],
    );
  });

  it("knows the other commands", () => {
    assert.equal(parseOptions(["micro"]).kind, "micro");
    const soak = parseOptions(["soak", "--connections", "1000", "--workers", "2"]);
    assert.ok(soak.kind === "soak");
    assert.deepEqual([soak.options.connections, soak.options.aborts, soak.options.workers], [1_000, 20_000, "2"]);
  });

  for (const argv of [
    ["fast"],
    ["--rotations", "0"],
    ["--rotations", "many"],
    ["--output", "../x"],
    ["micro", "more"],
    ["--what"],
  ]) {
    it(`refuses ${argv.join(" ")}`, () => assert.throws(() => parseOptions(argv)));
  }
});
