import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemCode } from "../../src/errors.ts";
import { withoutLeaks } from "./leaks.ts";
import { connectPeer } from "./peer.ts";
import { startPeerServer } from "./peer-server.ts";
import { startRefuser } from "./refuser.ts";

describe("startRefuser", () => {
  it(
    "refuses every dial",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      for (let dial = 0; dial < 3; dial++) {
        await assert.rejects(connectPeer({ port: refuser.port }), (error) => systemCode(error) === "ECONNREFUSED");
      }
    }),
  );

  it(
    "lets a server start on its port, which goes on when the refuser is closed",
    withoutLeaks(async () => {
      const refuser = await startRefuser();
      await using server = await startPeerServer((peer) => peer.finish("here now"), { port: refuser.port });
      for (const isClosed of [false, true]) {
        if (isClosed) await refuser.close();
        const client = await connectPeer({ port: refuser.port });
        assert.equal((await client.ended()).first.toString(), "here now");
        await client.finish();
        await client.closed();
      }
      assert.equal(server.peers.length, 2);
    }),
  );
});
