import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NetDial } from "../../../src/transport/net/dial.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { withoutLeaks } from "../../support/leaks.ts";
import { startPeerServer } from "../../support/peer-server.ts";
import { Callbacks, Dialler } from "../callbacks.ts";

const OPTIONS = { keepaliveMs: 15_000 };

describe("NetDial", () => {
  it(
    "closes what the server has taken already when it is cancelled",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const callbacks = new Callbacks();
      const diallers = [new Dialler(callbacks), new Dialler(callbacks)];
      const [first, second] = diallers.map(
        (dialler) =>
          new NetDial({ kind: "ip", ip: server.host, port: server.port }, OPTIONS, createFakeClock(), dialler),
      );
      // Both succeed in one turn of the loop.
      for (const dialler of diallers) {
        dialler.onConnection = () => {
          for (const dial of [first, second]) dial?.cancel();
        };
      }
      const connection = await callbacks.until(
        () => diallers.map((dialler) => dialler.connection).find((given) => given !== undefined),
        "the first of two dials",
      );
      const peers = [await server.next(), await server.next()];
      const given = peers.find(({ remotePort }) => connection.localAddress.endsWith(`:${remotePort}`));
      const cancelled = peers.find((peer) => peer !== given);
      await cancelled?.ended();
      connection.write(Buffer.from("still here"));
      await given?.received(10);
      connection.reset();
      assert.equal((await given?.ended())?.how, "reset");
      callbacks.check();
    }),
  );
});
