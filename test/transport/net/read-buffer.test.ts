import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { READ_BYTES, ReadBuffer } from "../../../src/transport/net/read-buffer.ts";

/** What a socket does: fills the memory, whose owner then takes it and chooses the next. */
function read(buffer: ReadBuffer, countBytes: number, value: number): Buffer {
  buffer.memory.fill(value, 0, countBytes);
  const taken = buffer.take(countBytes);
  buffer.fit(countBytes);
  return taken;
}

describe("ReadBuffer", () => {
  it("gives small reads of many sockets the same memory, and each its own bytes", () => {
    const [one, other] = [new ReadBuffer(), new ReadBuffer()];
    assert.equal(one.memory, other.memory);
    const taken = [read(one, 5, 1), read(other, 5, 2), read(one, 5, 3)];
    assert.deepEqual(
      taken.map((bytes) => [...bytes]),
      [1, 2, 3].map((value) => Array.from({ length: 5 }, () => value)),
    );
  });

  it("gives a socket that fills it a memory of its own, until little comes again", () => {
    const [bulk, small] = [new ReadBuffer(), new ReadBuffer()];
    const shared = bulk.memory;
    read(bulk, shared.length, 1);
    assert.equal(bulk.memory.length, READ_BYTES);
    assert.equal(small.memory, shared);
    const own = bulk.memory;
    const taken = read(bulk, READ_BYTES, 2);
    assert.equal(taken.buffer, own.buffer, "it is written from where it is");
    read(small, 5, 3);
    assert.ok(taken.every((byte) => byte === 2));
    assert.equal(bulk.memory, own);
    read(bulk, 5, 4);
    assert.equal(bulk.memory, shared);
  });
});
