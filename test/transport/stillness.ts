import assert from "node:assert/strict";
import type { TransportWorld } from "./world.ts";

// What the slowest of the kernel's buffers takes to open again shows in fewer.
const STILL_ROUNDS = 3;

/** Waits until a count that has to come to rest does so, and fails when it goes beyond `most` instead. */
export async function untilStill(world: TransportWorld, count: () => number, most: number): Promise<number> {
  let last = -1;
  for (let rounds = 0; rounds < STILL_ROUNDS; rounds++) {
    await world.settle();
    const now = count();
    assert.ok(now <= most, `${now} is more than ${most}`);
    if (now !== last) rounds = 0;
    last = now;
  }
  return last;
}
