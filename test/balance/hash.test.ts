import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hashPair, hashText } from "../../src/balance/hash.ts";
import { repeat } from "./backends.ts";

const codeUnit = fc.integer({ min: 0, max: 0xffff });
const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

function textOf(...words: readonly number[]): string {
  return String.fromCharCode(...words.flatMap((one) => [one & 0xffff, one >>> 16]));
}

describe("hashText", () => {
  // Ian Boyd's vectors for MurmurHash3_x86_32 with seed 0 (stackoverflow.com/a/31929528), those of even length: the bytes
  // of each text in UTF-16LE.
  const vectors = [
    { text: "", bytes: "none", hash: 0 },
    { text: "\uffff\uffff", bytes: "ff ff ff ff", hash: 0x76293b50 },
    { text: "\u4321\u8765", bytes: "21 43 65 87", hash: 0xf55b516b },
    { text: "\u4321", bytes: "21 43", hash: 0xa0f7b07a },
    { text: "\0\0", bytes: "00 00 00 00", hash: 0x2362f9de },
    { text: "\0", bytes: "00 00", hash: 0x30f4c306 },
  ];
  for (const { text, bytes, hash } of vectors) {
    it(`agrees with MurmurHash3 on ${bytes}`, () => assert.equal(hashText(text) >>> 0, hash));
  }

  it("gives a signed 32-bit integer", () => {
    fc.assert(
      fc.property(fc.array(codeUnit), (units) => {
        const hash = hashText(String.fromCharCode(...units));
        assert.equal(hash, hash | 0);
      }),
    );
  });

  it("tells client addresses apart", () => {
    const hashes = new Set<number>();
    for (let host = 0; host < 2 ** 16; host++) hashes.add(hashText(`192.168.${host >> 8}.${host & 255}`));
    // Chance alone lets one pair of 65,536 meet every other time.
    assert.ok(hashes.size >= 2 ** 16 - 5, `${hashes.size} of ${2 ** 16}`);
  });

  it("spreads client addresses evenly", () => {
    const buckets = repeat(0, 1_000);
    for (let host = 0; host < 100_000; host++) {
      const bucket = (hashText(`10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`) >>> 0) % buckets.length;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    const chiSquare = buckets.reduce((total, count) => total + (count - 100) ** 2 / 100, 0);
    // 999 degrees of freedom: mean 999, standard deviation 44.7.
    assert.ok(Math.abs(chiSquare - 999) < 4 * 44.7, `chi square ${chiSquare}`);
  });
});

describe("hashPair", () => {
  it("is the hash of the same eight bytes as a text", () => {
    fc.assert(
      fc.property(word, word, (first, second) =>
        assert.equal(hashPair(first, second), hashText(textOf(first, second))),
      ),
    );
  });

  it("takes the same bits, signed or unsigned, for the same number", () => {
    fc.assert(
      fc.property(word, word, (first, second) => {
        assert.equal(hashPair(first >>> 0, second >>> 0), hashPair(first, second));
      }),
    );
  });

  it("changes about half of its bits with any bit of either number", () => {
    const samples = 400;
    for (let bit = 0; bit < 64; bit++) {
      let changed = 0;
      for (let n = 0; n < samples; n++) {
        const [first, second] = [hashText(`first ${n}`), hashText(`second ${n}`)];
        const flipped = bit < 32 ? hashPair(first ^ (1 << bit), second) : hashPair(first, second ^ (1 << bit));
        changed += bitCount(hashPair(first, second) ^ flipped);
      }
      const ratio = changed / (32 * samples);
      assert.ok(ratio > 0.47 && ratio < 0.53, `bit ${bit} changes ${ratio} of the bits`);
    }
  });
});

function bitCount(number: number): number {
  return (number >>> 0).toString(2).replaceAll("0", "").length;
}
