import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

const SESSIONS = 200;

describe("stopping", () => {
  it("lets sessions finish, resets exactly the others after the drain, and reports both", async () => {
    await using server = await startPeerServer();
    await using balancer = await startBalancer([server.address], ["--drain-timeout=5s", "--probe=off"]);
    const clients: Peer[] = [];
    for (let number = 0; number < SESSIONS; number++) {
      const client = await connectPeer({ port: balancer.port });
      clients.push(client);
      await client.finish("hello");
    }
    const served: Peer[] = [];
    for (const _client of clients) served.push(await server.next());
    await Promise.all(served.map((peer) => peer.ended()));
    balancer.signal("SIGTERM");
    await balancer.line(({ event }) => event === "drain");
    await Promise.all(served.slice(0, SESSIONS / 2).map((peer) => peer.finish("goodbye")));
    const ends = await Promise.all(clients.map((client) => client.ended()));
    assert.equal(await balancer.exited(), 0);
    const report = balancer.lines.find(({ event }) => event === "stopped");
    assert.deepEqual([report?.["finished"], report?.["reset"]], [SESSIONS / 2, SESSIONS / 2]);
    const count = (how: string): number => ends.filter((end) => end.how === how).length;
    assert.deepEqual([count("finished"), count("reset")], [SESSIONS / 2, SESSIONS / 2]);
    const shutdowns = balancer.sessions().filter(({ end }) => end === "shutdown");
    assert.equal(shutdowns.length, SESSIONS / 2);
    assert.equal(balancer.sessions().length, SESSIONS);
  });
});
