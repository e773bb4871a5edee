import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkDescriptors, checkMemory, checkNone } from "../../../bench/soak/verdict.ts";

describe("checkMemory", () => {
  const run = (bytesAt: (progress: number) => number): boolean =>
    checkMemory(Array.from({ length: 101 }, (_, index) => ({ progress: index / 100, bytes: bytesAt(index / 100) })))
      .isMet;

  it("is met by what grows at the beginning only", () => {
    assert.ok(run((progress) => Math.min(progress, 0.1) * 2 ** 30));
  });

  it("is not met by what goes on growing", () => {
    assert.ok(!run((progress) => 2 ** 27 * (1 + progress)));
  });

  it("is not met without samples", () => assert.ok(!checkMemory([]).isMet));
});

describe("checkDescriptors", () => {
  it("wants them all back", () => {
    assert.ok(checkDescriptors({ socket: 3, pipe: 2 }, { pipe: 2, socket: 3 }, 0).isMet);
    const left = checkDescriptors({ socket: 3 }, { socket: 4, pipe: 2 }, 0);
    assert.equal(left.isMet, false);
    assert.equal(left.found, "pipe +2, socket +1");
  });

  it("allows for pipes that are kept, and for no sockets", () => {
    assert.ok(checkDescriptors({ pipe: 0 }, { pipe: 8 }, 8).isMet);
    assert.ok(!checkDescriptors({ pipe: 0 }, { pipe: 9 }, 8).isMet);
    assert.ok(!checkDescriptors({ socket: 1 }, { socket: 2 }, 8).isMet);
  });
});

describe("checkNone", () => {
  it("names what there is", () => {
    assert.ok(checkNone("losses", { one: 0 }).isMet);
    assert.equal(checkNone("losses", { one: 0, other: 2 }).found, "other: 2");
    assert.ok(!checkNone("losses", { unknown: Number.NaN }).isMet);
  });
});
