import assert from "node:assert/strict";
import { describe } from "node:test";
import { pinnedMemory } from "../../../src/transport/linux/memory.ts";
import { systemCalls } from "../../../src/transport/linux/system-calls.ts";
import { linuxIt } from "./stage.ts";

describe("pinnedMemory", () => {
  linuxIt("is empty, its own, and where it says", () => {
    const calls = systemCalls();
    const [one, two] = [pinnedMemory(calls, 8), pinnedMemory(calls, 8)];
    assert.deepEqual(one.bytes, Buffer.alloc(8));
    assert.equal(one.bytes.buffer.byteLength, 8);
    assert.equal(calls.pipe2(one.address, 0), 0);
    const [readEnd, writeEnd] = [one.bytes.readInt32LE(0), one.bytes.readInt32LE(4)];
    two.bytes.write("content!");
    assert.equal(calls.write(writeEnd, two.address, 8), 8);
    assert.equal(calls.read(readEnd, one.address, 8), 8);
    assert.equal(one.bytes.toString(), "content!");
    for (const end of [readEnd, writeEnd]) calls.close(end);
  });
});
