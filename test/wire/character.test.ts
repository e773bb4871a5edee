import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { indexOfByte, isBlank, isForbidden, isText, isToken, LF, latin1 } from "../../src/wire/character.ts";

describe("characters of HTTP/1", () => {
  it("are those that a token may have, and no other byte is", () => {
    const all = Array.from({ length: 256 }, (_, byte) => byte);
    const tokens = String.fromCharCode(...all.filter(isToken));
    assert.equal(tokens, "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
    assert.equal(isToken(undefined), false);
  });

  it("are blank, or forbidden, or neither", () => {
    assert.deepEqual([9, 32, 10, 65, undefined].map(isBlank), [true, true, false, false, false]);
    assert.deepEqual([0, 8, 10, 13, 31, 127].map(isForbidden), [true, true, true, true, true, true]);
    assert.deepEqual([9, 32, 65, 128, 255].map(isForbidden), [false, false, false, false, false]);
    assert.deepEqual([0, 10, 127, undefined].map(isText), [false, false, false, false]);
    assert.deepEqual([9, 32, 65, 128, 255].map(isText), [true, true, true, true, true]);
  });
});

describe("indexOfByte", () => {
  it("finds the next one from a place on, in any kind of byte array", () => {
    for (const bytes of [Uint8Array.of(10, 65, 10), Buffer.of(10, 65, 10)]) {
      assert.deepEqual(
        [0, 1, 3, 9].map((from) => indexOfByte(bytes, LF, from)),
        [0, 2, -1, -1],
      );
    }
  });
});

describe("latin1", () => {
  it("is one character for each byte", () => {
    assert.equal(latin1(Uint8Array.of(0, 65, 233, 66), 1, 3), "Aé");
    assert.equal(latin1(Uint8Array.of(65), 1, 0), "");
  });
});
