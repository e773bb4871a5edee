import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { patternedBytes, patternedChunks, patternedSha256, sha256 } from "./patterned-bytes.ts";

describe("patternedBytes", () => {
  it("is the same for a seed, also piece by piece and by its hash", () => {
    for (const byteCount of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
      const whole = patternedBytes(3, byteCount);
      assert.equal(whole.length, byteCount);
      assert.deepEqual(Buffer.concat([...patternedChunks(3, byteCount)]), whole);
      assert.equal(patternedSha256(3, byteCount), sha256(whole));
    }
  });

  it("is the beginning of the longer one, and another for another seed", () => {
    assert.deepEqual(patternedBytes(3, 100_000).subarray(0, 1_000), patternedBytes(3, 1_000));
    assert.notDeepEqual(patternedBytes(4, 1_000), patternedBytes(3, 1_000));
  });

  it("holds no stretch of 16 bytes twice", () => {
    const text = patternedBytes(5, 1_000_000).toString("latin1");
    const stretches = new Set<string>();
    for (let at = 0; at + 16 <= text.length; at += 16) stretches.add(text.slice(at, at + 16));
    assert.equal(stretches.size, Math.floor(text.length / 16));
  });
});
