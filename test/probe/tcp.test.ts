import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createFakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { ask } from "./asking.ts";
import { startTalkingServer } from "./talking-server.ts";

describe("a probe over TCP", () => {
  it(
    "says nothing",
    withoutLeaks(async () => {
      await using server = await startPeerServer((peer) => peer.ended().then(() => peer.finish()));
      assert.deepEqual(await ask({}, { kind: "ip", ip: server.host, port: server.port }), { kind: "ok" });
      const peer = await server.next();
      const { how, byteCount } = await peer.ended();
      assert.deepEqual({ how, byteCount }, { how: "finished", byteCount: 0 });
      await peer.closed();
    }),
  );

  it(
    "leaves with a FIN too where the server speaks first",
    withoutLeaks(async () => {
      await using server = await startPeerServer(async (peer) => {
        // More than anybody reads who does not want it.
        await peer.send(Buffer.alloc(500_000));
        await peer.ended();
        await peer.finish("221 bye\r\n");
      });
      assert.deepEqual(await ask({}, { kind: "ip", ip: server.host, port: server.port }), { kind: "ok" });
      const peer = await server.next();
      assert.equal((await peer.ended()).how, "finished");
      await peer.closed();
    }),
  );

  it(
    "cuts off a server that never stops to speak",
    withoutLeaks(async () => {
      await using server = await startTalkingServer({
        talk(stream) {
          const fill = (): void => {
            while (!stream.destroyed && stream.write(Buffer.alloc(65_536)));
          };
          stream.on("drain", fill);
          fill();
        },
      });
      assert.deepEqual(await ask({}, server.address, { clock: createFakeClock() }), { kind: "ok" });
      assert.equal((await server.visit()).how, "reset");
    }),
  );

  it(
    "does not wait for ever for a server that keeps its end open",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const clock = createFakeClock();
      assert.deepEqual(await ask({}, { kind: "ip", ip: server.host, port: server.port }, { clock }), { kind: "ok" });
      await (await server.next()).ended();
      clock.advance(1_000);
      for (let turn = 0; turn < 1_000 && clock.pendingTimers > 0; turn++) await nextTurn();
      assert.equal(clock.pendingTimers, 0);
    }),
  );
});
