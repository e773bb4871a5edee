import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createNetTransport } from "../../../src/transport/net/transport.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { createMemoryWorld } from "../../support/memory-world.ts";
import { RelayObserver } from "../callbacks.ts";
import { Scene } from "../scene.ts";
import { describeTransport } from "../transport.contract.ts";
import { createNetWorld } from "./net-test.ts";

describeTransport("net", createNetWorld);

describe("createNetTransport", () => {
  it("refuses a connection of another transport", async () => {
    await using world = await createMemoryWorld();
    const scene = new Scene(world);
    const { connection } = await scene.accept();
    const relay = (): unknown =>
      createNetTransport(createFakeClock()).relay(connection, connection, new RelayObserver(scene.callbacks));
    assert.throws(relay, TypeError);
    await scene.close();
  });
});
