// What every reader of first bytes keeps to: src/wire/verdict.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Verdict } from "../../src/wire/verdict.ts";

export type Reader<Value> = (bytes: Uint8Array, scannedBytes: number) => Verdict<Value>;

/** FUZZ_FACTOR=100 for a night's run. One reader has a fifth of what all of them have in CI. */
export const CASES: number = 20_000 * Number(process.env["FUZZ_FACTOR"] ?? 1);
const WATCHED_CASES = 200;

/**
 * Runs the contract over bytes near to what a reader reads: `seeds`, cut, joined, changed and repeated, and any bytes.
 */
export function describeReader<Value>(name: string, read: Reader<Value>, seeds: readonly Uint8Array[]): void {
  describe(`${name}, as every reader`, () => {
    it(`says the same of bytes however they were split, in ${CASES} cases`, () => {
      fc.assert(
        fc.property(bytesNear(seeds), fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
          const whole = read(bytes, 0);
          assertInPieces(
            read,
            bytes,
            whole,
            cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
          );
        }),
        { numRuns: CASES },
      );
    });

    it("says the same of its seeds a byte at a time", () => {
      for (const seed of seeds) {
        assertInPieces(read, seed, read(seed, 0), [...seed.keys()]);
      }
    });

    it("reads nothing beyond the bytes that it was given, nor beyond a match", () => {
      fc.assert(
        fc.property(bytesNear(seeds), fc.uint8Array({ maxLength: 64 }), (bytes, behind) => {
          const inMore = Buffer.concat([bytes, behind]).subarray(0, bytes.length);
          const verdict = read(bytes, 0);
          assert.deepEqual(read(inMore, 0), verdict);
          if (verdict.kind !== "match") return;
          assert.ok(verdict.byteCount <= bytes.length);
          assert.deepEqual(read(Buffer.concat([bytes.subarray(0, verdict.byteCount), behind]), 0), verdict);
        }),
        { numRuns: WATCHED_CASES },
      );
    });

    it("keeps nothing of the bytes: they may be written over", () => {
      for (const seed of seeds) {
        const bytes = Uint8Array.from(seed);
        const verdict = read(bytes, 0);
        bytes.fill(0x58);
        assert.deepEqual(verdict, read(seed, 0));
      }
    });
  });
}

function assertInPieces<Value>(
  read: Reader<Value>,
  bytes: Uint8Array,
  whole: Verdict<Value>,
  cuts: readonly number[],
): void {
  let scannedBytes = 0;
  let atLeast = 0;
  for (const cut of [...cuts, bytes.length]) {
    const verdict = read(bytes.subarray(0, cut), scannedBytes);
    if (verdict.kind === "more") {
      assert.ok(verdict.atLeast > cut, "a reader asks for more than it has");
      scannedBytes = cut;
      atLeast = Math.max(atLeast, verdict.atLeast);
      if (cut === bytes.length) assert.equal(whole.kind, "more");
      continue;
    }
    // `more` was said of fewer than `atLeast`, and nothing else could be.
    assert.ok(cut >= atLeast, `${verdict.kind} with ${cut} bytes, after at least ${atLeast} were asked for`);
    assert.deepEqual(verdict, whole);
    return;
  }
}

export function bytesNear(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const seed = fc.constantFrom(...seeds);
  const place = fc.nat({ max: 4_096 });
  const changed = fc
    .tuple(
      seed,
      fc.array(fc.tuple(place, fc.oneof(fc.nat(255), fc.constantFrom(0, 9, 10, 13, 32, 58))), { maxLength: 4 }),
    )
    .map(([bytes, changes]) => {
      const copy = Uint8Array.from(bytes);
      for (const [at, byte] of changes) copy[at % copy.length] = byte;
      return copy;
    });
  const inserted = fc
    .tuple(
      changed,
      place,
      fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.constantFrom("\r\n", "\n", "\0", " ", "\t", ":", "\r").map((text) => Buffer.from(text)),
      ),
    )
    .map(([bytes, at, more]) => {
      const cut = at % (bytes.length + 1);
      return Uint8Array.from(Buffer.concat([bytes.subarray(0, cut), more, bytes.subarray(cut)]));
    });
  const joined = fc
    .tuple(changed, seed, place, place)
    .map(([left, right, end, start]) =>
      Uint8Array.from(Buffer.concat([left.subarray(0, end % (left.length + 1)), right.subarray(start % right.length)])),
    );
  return fc.oneof(changed, inserted, joined, fc.uint8Array({ maxLength: 64 }));
}
