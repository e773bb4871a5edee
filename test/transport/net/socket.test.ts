import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { hasEndedInReset, netSocketOptions } from "../../../src/transport/net/socket.ts";
import { finishWith, resetWith } from "../../support/behaviours.ts";
import { withoutLeaks } from "../../support/leaks.ts";
import { connectPeer } from "../../support/peer.ts";
import { type Behaviour, startPeerServer } from "../../support/peer-server.ts";

describe("netSocketOptions", () => {
  it("asks for keepalive after the time that is wanted", () => {
    const { keepAlive, keepAliveInitialDelay } = netSocketOptions({ keepaliveMs: 15_000 });
    assert.deepEqual([keepAlive, keepAliveInitialDelay], [true, 15_000]);
  });

  it("asks for none where none is wanted", () => {
    const { keepAlive, keepAliveInitialDelay } = netSocketOptions({ keepaliveMs: Number.POSITIVE_INFINITY });
    assert.deepEqual([keepAlive, keepAliveInitialDelay], [false, undefined]);
  });
});

describe("hasEndedInReset", () => {
  for (const isFinished of [false, true]) {
    const cases: Readonly<Record<string, Behaviour>> = {
      true: resetWith("half an answ"),
      false: finishWith("all of it"),
    };
    for (const [expected, behave] of Object.entries(cases)) {
      const name = `is ${expected} for a ${expected === "true" ? "reset" : "FIN"} in the turn of the last bytes`;
      it(
        `${name}${isFinished ? ", after our own FIN" : ""}`,
        withoutLeaks(async () => {
          await using server = await startPeerServer(async (peer) => {
            await (isFinished ? peer.ended() : peer.received(1));
            await behave(peer);
          });
          const { socket } = await connectPeer({ port: server.port });
          const found = new Promise<boolean>((resolve) => {
            // Before whatever else listens, and before Node closes a socket whose both sides have ended.
            socket.prependListener("end", () => resolve(hasEndedInReset(socket)));
            // From libuv 1.52 on Node tells by itself.
            socket.on("error", () => resolve(true));
          });
          if (isFinished) socket.end("?");
          else socket.write("?");
          assert.equal(String(await found), expected);
          socket.destroy();
        }),
      );
    }
  }

  it("is false for a socket without a descriptor", () => {
    assert.equal(hasEndedInReset(new Socket()), false);
  });
});
