import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { didYouMean, nearest } from "../../src/config/suggestion.ts";

const words = ["weight", "backup", "max-connections", "idle-timeout", "rise", "fall"];

describe("nearest", () => {
  const meant: [word: string, candidate: string | undefined][] = [
    ["weight", "weight"],
    ["wieght", "weight"],
    ["weigth", "weight"],
    ["wight", "weight"],
    ["bakcup", "backup"],
    ["back-up", "backup"],
    ["max_connections", "max-connections"],
    ["maxConnections", "max-connections"],
    ["IDLE_TIMEOUT", "idle-timeout"],
    ["rice", "rise"],
    ["", undefined],
    ["x", undefined],
    ["colour", undefined],
    ["timeout", undefined],
    ["weight".repeat(20), undefined],
  ];
  for (const [word, candidate] of meant) {
    it(`finds ${candidate ?? "nothing"} for "${word.slice(0, 20)}"`, () =>
      assert.equal(nearest(word, words), candidate));
  }

  it("prefers the nearest", () =>
    assert.equal(nearest("probe-pat", ["probe-status", "probe", "probe-path"]), "probe-path"));

  it("counts a swap of neighbours as one mistake", () => assert.equal(nearest("ab", ["ba"]), "ba"));

  it("finds every word after one mistake in it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.nat(), fc.constantFrom("q", ""), (word, at, mistake) => {
        const place = at % word.length;
        assert.equal(nearest(word.slice(0, place) + mistake + word.slice(place + 1), words), word);
      }),
    );
  });

  it("gives a candidate or nothing for any word", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (word) => {
        const candidate = nearest(word, words);
        assert.ok(candidate === undefined || words.includes(candidate));
      }),
    );
  });
});

describe("didYouMean", () => {
  it("is ready to be put behind a message", () => {
    assert.equal(didYouMean("wieght", words), "; did you mean weight?");
    assert.equal(didYouMean("colour", words), "");
  });
});
