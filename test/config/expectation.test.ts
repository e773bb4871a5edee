import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { expected, expectedMs, expectedObject, expectedWord } from "../../src/config/expectation.ts";

describe("expected", () => {
  it("says what was found and what was expected", () => {
    assert.equal(expected("a name")({ input: -3 }), "got -3, expected a name");
    assert.equal(expected("a name")({ input: undefined }), "missing, expected a name");
  });
});

describe("expectedMs", () => {
  const say = expectedMs({ min: 10, max: 600_000 }, ', or "off"');
  const range = 'a whole number of milliseconds from 10 to 600,000, or "off"';

  it("says the range", () => assert.equal(say({ input: 5 }), `got 5, expected ${range}`));

  it("proposes the number where a duration was written as on the command line", () => {
    assert.equal(say({ input: "5s" }), `got "5s", expected ${range}; write 5000`);
    assert.equal(say({ input: "5" }), `got "5", expected ${range}`);
  });
});

describe("expectedWord", () => {
  it("proposes the nearest word", () => {
    const say = expectedWord(["all", "errors"], ", or a function");
    assert.equal(
      say({ input: "error" }),
      'got "error", expected one of "all", "errors", or a function; did you mean errors?',
    );
    assert.equal(say({ input: 1 }), 'got 1, expected one of "all", "errors", or a function');
  });
});

describe("expectedObject", () => {
  const say = expectedObject("an object", ["weight", "backup"]);

  it("says that it is none", () => assert.equal(say({ input: 1 }), "got 1, expected an object"));

  it("names each unknown key, and what may have been meant", () => {
    const message = 'unknown key "wieght"; did you mean weight?; unknown key "colour"';
    assert.equal(say({ input: {}, keys: ["wieght", "colour"] }), message);
  });
});
