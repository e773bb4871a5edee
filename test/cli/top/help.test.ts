import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyRows, topDescription, topFlags } from "../../../src/cli/top/help.ts";

describe("topDescription", () => {
  it("names every key and every flag", () => {
    const keys = topDescription.more.find(({ title }) => title === "Keys");
    assert.deepEqual(keys?.rows, keyRows);
    assert.deepEqual(
      topDescription.flags.map(({ term }) => term.split(" ")[0]),
      topFlags.map(({ name }) => `--${name}`),
    );
  });
});
