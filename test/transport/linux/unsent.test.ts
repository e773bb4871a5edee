import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, assert as assertProperty, nat, property, uint8Array } from "fast-check";
import { Unsent } from "../../../src/transport/linux/unsent.ts";

const chunk = uint8Array({ maxLength: 20 });

describe("Unsent", () => {
  it("offers all bytes in order, whatever the kernel takes at a time", () => {
    assertProperty(
      property(chunk, array(chunk), array(nat(30)), (first, more, takes) => {
        const kernel = new Kernel([first, ...more]);
        const unsent = new Unsent(first);
        for (const bytes of more) unsent.push(bytes);
        let result = "some";
        for (const room of [...takes, Number.POSITIVE_INFINITY]) {
          kernel.room = room;
          result = unsent.offer(kernel, kernel.send);
          if (result === "some") assert.equal(kernel.room, 0);
          else break;
        }
        assert.equal(result, "all");
        assert.deepEqual(Buffer.concat(kernel.taken), Buffer.concat([first, ...more]));
      }),
    );
  });

  it("says that the socket takes no more", () => {
    const bytes = Buffer.from("abc");
    const unsent = new Unsent(bytes);
    assert.equal(
      unsent.offer(new Kernel([bytes]), () => -1),
      "failed",
    );
  });
});

/** Memory with an address for each chunk, far from each other, and a socket with so much room. */
class Kernel {
  room = 0;
  readonly taken: Uint8Array[] = [];
  readonly #chunks: readonly Uint8Array[];

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks;
  }

  readonly addressOf = (bytes: Uint8Array): number => 1_000 * this.#chunks.indexOf(bytes);

  readonly send = (address: number, length: number): number => {
    const took = Math.min(length, this.room);
    this.room -= took;
    const from = address % 1_000;
    const bytes = this.#chunks[Math.floor(address / 1_000)] ?? assert.fail();
    assert.equal(from + length, bytes.length, "all that is left of a chunk");
    this.taken.push(bytes.subarray(from, from + took));
    return took;
  };
}
