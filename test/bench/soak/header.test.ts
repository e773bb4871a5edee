import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeHeader, encodeHeader, HEADER_BYTES, serverActs } from "../../../bench/soak/header.ts";

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("header", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: uint32,
          upBytes: uint32,
          downBytes: uint32,
          serverAct: fc.constantFrom(...serverActs),
          serverDelayMs: fc.integer({ min: 0, max: 65_535 }),
        }),
        (header) => assert.deepEqual(decodeHeader(encodeHeader(header)), { ...header }),
      ),
    );
  });

  it("is not found in other bytes", () => {
    assert.equal(decodeHeader(Buffer.alloc(HEADER_BYTES)), undefined);
    assert.equal(decodeHeader(Buffer.alloc(HEADER_BYTES - 1)), undefined);
  });
});
