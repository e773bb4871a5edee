import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatSize, parseSize } from "../../src/config/size.ts";

describe("parseSize", () => {
  it("reads sizes in bytes", () => {
    for (const [text, bytes] of [
      ["512B", 512],
      ["16KiB", 16_384],
      ["1MiB", 1_048_576],
      ["0B", 0],
    ] as const) {
      assert.deepEqual(parseSize(text), { value: bytes });
    }
  });

  const refused: [text: string, problem: string][] = [
    ["16384", '"16384" has no unit; write 16KiB'],
    ["100", '"100" has no unit; write 100B'],
    ["16kb", '"16kb" is not a size; write 16KiB'],
    ["1M", '"1M" is not a size; write 1MiB'],
    ["big", '"big" is not a size; write one such as 16KiB'],
    ["", '"" is not a size; write one such as 16KiB'],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.deepEqual(parseSize(text), { problem }));
  }
});

describe("formatSize", () => {
  it("is read as the same size again", () => {
    fc.assert(fc.property(fc.nat(), (bytes) => assert.deepEqual(parseSize(formatSize(bytes)), { value: bytes })));
  });
});
