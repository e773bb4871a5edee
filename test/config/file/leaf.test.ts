import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { parseCount } from "../../../src/config/count.ts";
import { countLeaf, flagLeaf, leaf, ofKind, parsedLeaf, textLeaf } from "../../../src/config/file/leaf.ts";
import { settings } from "../../../src/config/settings.ts";

function message(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value).error?.issues[0]?.message;
}

describe("leaf", () => {
  const timeout = ofKind(settings["idle-timeout"]);

  it("reads what a flag would read, and false as off", () => {
    assert.equal(timeout.parse("5s"), 5_000);
    assert.equal(timeout.parse("off"), "off");
    assert.equal(timeout.parse(false), "off");
    assert.equal(message(timeout, 5), '"5" has no unit; write 5s or 5m');
  });

  it("says what is missing or of another type", () => {
    const expected = "expected a duration such as 5s or 1m30s, or off";
    assert.equal(message(timeout, undefined), `missing, ${expected}`);
    assert.equal(message(timeout, null), `got nothing, ${expected}`);
    assert.equal(message(timeout, [1]), `got a list, ${expected}`);
    assert.equal(message(timeout, {}), `got an object, ${expected}`);
  });

  it("may be left out where it is optional", () => {
    const optional = z.strictObject({ a: timeout.optional() });
    assert.deepEqual(optional.parse({}), {});
  });

  it("tells editors what it looks like, and that a variable may stand for it", () => {
    const json = z.toJSONSchema(timeout, { io: "input", unrepresentable: "any" });
    assert.deepEqual(Object.keys(json), ["$schema", "anyOf"]);
    assert.match(JSON.stringify(json), /"enum":\["off",false\].*\\\\\$\\\\\{/);
  });
});

describe("countLeaf", () => {
  it("reads numbers, and texts as variables give them", () => {
    const range = { min: 0, max: 9 };
    const schema = countLeaf(range, (text) => parseCount(text, range));
    assert.equal(schema.parse(7), 7);
    assert.equal(schema.parse("7"), 7);
    assert.equal(message(schema, 1.5), 'got "1.5", expected a whole number from 0 to 9');
  });
});

describe("flagLeaf", () => {
  it("reads truth values, and texts as variables give them", () => {
    for (const value of [true, "true"]) assert.equal(flagLeaf().parse(value), true);
    for (const value of [false, "false", "off"]) assert.equal(flagLeaf().parse(value), false);
    assert.equal(message(flagLeaf(), "yes"), 'got "yes", expected true or false');
  });
});

describe("textLeaf and parsedLeaf", () => {
  it("read texts, and numbers as such", () => {
    assert.equal(textLeaf("a name").parse(5), "5");
    assert.equal(message(textLeaf("a name"), ""), 'got "", expected a name');
    assert.equal(parsedLeaf("a length", (text) => ({ value: text.length })).parse("abc"), 3);
  });
});

describe("leaf's own problems", () => {
  it("carry what was expected, for where the value can't be shown", () => {
    const schema = leaf({ parse: () => ({ problem: "got secret" }), expected: "better", json: {} });
    const issue = schema.safeParse("x").error?.issues[0];
    assert.deepEqual(issue?.code === "custom" && issue.params, { expected: "better", isOtherType: false });
  });
});
