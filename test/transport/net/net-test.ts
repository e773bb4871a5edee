import { it } from "node:test";
import { createNetTransport } from "../../../src/transport/net/transport.ts";
import { withoutLeaks } from "../../support/leaks.ts";
import type { ContractTest } from "../contract-test.ts";
import { createRealWorld } from "../real-world.ts";
import { Scene } from "../scene.ts";
import type { CreateWorld } from "../world.ts";

// libuv reads up to 64 KiB at once, and Node once more after it is paused.
const READ_AHEAD_BYTES = 2 * 64 * 1024;

export const createNetWorld: CreateWorld = () => createRealWorld(createNetTransport, READ_AHEAD_BYTES);

/** A test of what only this transport does, in the same surroundings as those of the contract. */
export const netTest: ContractTest = (title, body) => {
  it(
    title,
    withoutLeaks(async (context) => {
      await using world = await createNetWorld();
      const scene = new Scene(world);
      try {
        await body(scene, context);
      } finally {
        await scene.close();
      }
    }),
  );
};
