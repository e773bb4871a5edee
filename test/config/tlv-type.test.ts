import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limits } from "../../src/config/limits.ts";
import { parseTlvType } from "../../src/config/tlv-type.ts";

describe("parseTlvType", () => {
  it("reads numbers as the specification writes them, and plain ones", () => {
    for (const [text, type] of [
      ["0xEA", 0xea],
      ["0xe0", 0xe0],
      ["0x1", 1],
      ["234", 234],
      ["0", 0],
    ] as const) {
      assert.deepEqual(parseTlvType(text, limits.tlv), { value: type });
    }
  });

  it("refuses everything else", () => {
    for (const text of ["", "0x", "0x100", "256", "-1", "1.5", "EA", "constructor"]) {
      assert.deepEqual(parseTlvType(text, limits.tlv), {
        problem: `got the type ${JSON.stringify(text)}, expected 0x00 to 0xFF`,
      });
    }
    assert.ok("problem" in parseTlvType("0x20", limits.customTlv));
  });
});
