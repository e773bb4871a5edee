import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isName, parseMethod } from "../../src/route/method.ts";

describe("the method of a condition", () => {
  it("is any name that a request may have", () => {
    for (const text of ["GET", "PROPFIND", "purge", "M-SEARCH"]) assert.deepEqual(parseMethod(text), { value: text });
  });

  it("is not a known one in lower case, which no request has", () => {
    const problem = '"get" would match nothing: methods are compared exactly; write GET';
    assert.deepEqual(parseMethod("get"), { problem });
  });

  it("is not several at once", () => {
    const problem = '"GET POST" is no method; expected one name, such as GET';
    assert.deepEqual(parseMethod("GET POST"), { problem });
  });
});

describe("a name", () => {
  it("has neither blanks nor separators nor letters that are not ASCII, and is not empty", () => {
    for (const text of ["", "x y", "x:", "(x)", "x\n", "größe", "İ"]) assert.equal(isName(text), false, text);
    assert.equal(isName("x-canary_1"), true);
  });
});
