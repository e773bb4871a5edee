import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { descriptorLimit } from "../../src/control/descriptors.ts";
import { startBalancer } from "../support/balancer-process.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";

const SESSIONS = 5_000;
/** Divides the count. One after another they would wait for each other's turn on a busy machine. */
const AT_ONCE = 50;
const KIB_EACH = 12;
/** This process has a client's socket and a backend's for each. */
const DESCRIPTORS: number = 2 * SESSIONS + 500;

async function openSessions(port: number, server: PeerServer, count: number): Promise<Peer[]> {
  const clients: Peer[] = [];
  async function openOne(): Promise<void> {
    const client = await connectPeer({ port });
    clients.push(client);
    await client.send("x");
    await (await server.next()).received(1);
  }
  while (clients.length < count) await Promise.all(Array.from({ length: AT_ONCE }, openOne));
  return clients;
}

describe("idle sessions", { skip: descriptorLimit() < DESCRIPTORS && "the descriptor limit is too low" }, () => {
  it(`cost less than ${KIB_EACH} KiB of resident memory each`, async () => {
    await using server = await startPeerServer();
    await using balancer = await startBalancer([server.address], ["--probe=off", "--access-log=off"]);
    const warm = await openSessions(balancer.port, server, SESSIONS);
    const left = server.peers.map((peer) => peer.closed());
    for (const client of warm) client.reset();
    await Promise.all(left);
    const before = balancer.residentKiB();
    const clients = await openSessions(balancer.port, server, SESSIONS);
    const each = (balancer.residentKiB() - before) / SESSIONS;
    assert.ok(each < KIB_EACH, `${each.toFixed(1)} KiB each`);
    for (const client of clients) client.reset();
  });
});
