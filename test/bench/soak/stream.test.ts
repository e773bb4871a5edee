import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SeededStream } from "../../../bench/soak/stream.ts";

const SIZE = 10_000;

describe("SeededStream", () => {
  it("matches itself, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.array(fc.integer({ min: 0, max: 5_000 })),
        (seed, sizes) => {
          const bytes = new SeededStream(seed, "up").take(sizes.reduce((sum, size) => sum + size, 0));
          const expected = new SeededStream(seed, "up");
          let at = 0;
          for (const size of sizes) {
            assert.ok(expected.matches(bytes.subarray(at, at + size)));
            at += size;
          }
          assert.equal(expected.position, bytes.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("does not match another seed's, the other direction's, its own later bytes, or one wrong byte", () => {
    const bytes = new SeededStream(7, "up").take(SIZE);
    assert.equal(new SeededStream(8, "up").matches(bytes.subarray(0, 4)), false);
    assert.equal(new SeededStream(7, "down").matches(bytes.subarray(0, 4)), false);
    assert.equal(new SeededStream(7, "up").matches(bytes.subarray(4)), false);
    bytes[SIZE - 1] = (bytes[SIZE - 1] ?? 0) ^ 1;
    assert.equal(new SeededStream(7, "up").matches(bytes), false);
  });
});
