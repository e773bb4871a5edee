import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { withoutLeaks } from "./leaks.ts";
import { connectPeer } from "./peer.ts";
import { startPeerServer } from "./peer-server.ts";

describe("startPeerServer", () => {
  it(
    "gives its peers out in the order in which they came, whoever waits first",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const waited = [server.next(), server.next()];
      const clients = [];
      for (let count = 0; count < 3; count++) clients.push(await connectPeer({ port: server.port }));
      const accepted = [...(await Promise.all(waited)), await server.next()];
      assert.deepEqual(
        accepted.map((peer) => peer.remotePort),
        clients.map((client) => client.localPort),
      );
      assert.deepEqual(server.peers, accepted);
      for (const client of clients) client.reset();
    }),
  );

  it(
    "resets what is open when it closes, once",
    withoutLeaks(async () => {
      const server = await startPeerServer();
      const client = await connectPeer({ port: server.port });
      await server.next();
      await Promise.all([server.close(), server.close()]);
      assert.equal((await client.ended()).how, "reset");
      await client.closed();
    }),
  );

  it(
    "listens on a Unix socket",
    withoutLeaks(async () => {
      const folder = mkdtempSync(join(tmpdir(), "lb-tcp-test-"));
      const path = join(folder, "socket");
      const server = await startPeerServer((peer) => peer.finish("hello"), { path });
      const client = await connectPeer({ path });
      assert.equal((await client.ended()).first.toString(), "hello");
      assert.equal(server.address, path);
      client.reset();
      await server.close();
      rmSync(folder, { recursive: true });
    }),
  );
});
