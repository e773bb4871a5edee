import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { textLeaf } from "../../../src/config/file/leaf.ts";
import { factsOf, key, list, named, needed, oneOrMany, section } from "../../../src/config/file/section.ts";

const text = textLeaf("a text");
const schema = section(
  "a map of things",
  { one: needed(text, { description: "1" }), two: key(text, { description: "2" }) },
  ["three"],
);

function messages(value: unknown): string[] {
  return schema.safeParse(value).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

describe("section", () => {
  it("has keys that are needed, and keys that are not", () => {
    assert.deepEqual(schema.parse({ one: "a" }), { one: "a" });
    assert.deepEqual(messages({ two: "a" }), ["one: missing, expected a text"]);
  });

  it("knows what is meant, and what is to come", () => {
    assert.deepEqual(messages({ one: "a", tow: 1, three: 2, x: 3 }), [
      ": unknown key; did you mean two?\nis not available yet; leave it out\nunknown key; the keys are one, two",
    ]);
  });

  it("says what it is to whoever writes something else", () => {
    assert.deepEqual(messages(null), [": got nothing, expected a map of things"]);
    assert.deepEqual(messages("x"), [': got "x", expected a map of things']);
  });
});

describe("factsOf", () => {
  it("takes them from the flag of the same meaning", () => {
    assert.deepEqual(factsOf("rise", { restart: true }), {
      description: "successes in a row that bring a backend up",
      default: "2",
      flag: "rise",
      restart: true,
    });
  });
});

describe("list, oneOrMany and named", () => {
  it("say what they expect", () => {
    const message = (value: unknown, of: typeof schema | ReturnType<typeof list> | ReturnType<typeof named>) =>
      of.safeParse(value).error?.issues[0]?.message;
    assert.equal(message(5, list(text, "texts")), "got 5, expected texts");
    assert.equal(message([], list(text, "texts", 1)), "got an empty list, expected texts");
    assert.equal(message(null, named(text, "texts by name")), "got nothing, expected texts by name");
    assert.deepEqual(oneOrMany(text, "texts").parse("a"), ["a"]);
    assert.deepEqual(oneOrMany(text, "texts").parse(["a", "b"]), ["a", "b"]);
  });
});
