import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, assert as assertProperty, nat, oneof, property, record, uint8Array } from "fast-check";
import { HeldBytes } from "../../../src/transport/net/held-bytes.ts";

describe("HeldBytes", () => {
  it("holds what was pushed and not dropped, in order, however it came", () => {
    const push = record({ bytes: uint8Array({ minLength: 1, maxLength: 20 }) });
    const drop = record({ countBytes: nat(30) });
    assertProperty(
      property(array(oneof(push, drop)), (steps) => {
        const held = new HeldBytes();
        let expected = Buffer.alloc(0);
        for (const step of steps) {
          if ("bytes" in step) {
            held.push(Buffer.from(step.bytes));
            expected = Buffer.concat([expected, step.bytes]);
          } else {
            held.drop(step.countBytes);
            expected = expected.subarray(step.countBytes);
          }
          assert.equal(held.length, expected.length);
          assert.deepEqual(held.whole(), expected);
        }
        assert.deepEqual(held.release(), expected);
        assert.deepEqual([held.length, held.release().length], [0, 0]);
      }),
    );
  });

  it("is one piece of at most twice its length, whatever it came in", () => {
    const held = new HeldBytes();
    for (let count = 0; count < 10_000; count++) held.push(Buffer.from([count]));
    const { buffer } = held.whole();
    assert.ok(buffer.byteLength <= 20_000, `${buffer.byteLength} bytes`);
  });
});
