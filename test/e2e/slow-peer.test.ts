// Whoever is slow: memory stays bounded, and the others are served.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BalancerProcess, startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { meanwhile } from "../support/meanwhile.ts";
import { patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

const BULK_BYTES = 300 * 2 ** 20;
/** What a worker moves at full speed before memory is looked at: buffers and compiled code that stay. */
const WARM_UP_BYTES = 64 * 2 ** 20;
const READ_BYTES = 4 * 2 ** 20;
const GROWTH_KIB = 8 * 1024;
/**
 * Less than half of what is on its way, and more than V8 leaves lying about: over node:net each read from a client is a new
 * ArrayBuffer, and they are collected tens of megabytes at a time.
 */
const GROWTH_OVER_NET_KIB = 128 * 1024;
const SEED = 7;

/** Reads until so many bytes have come, and stops. */
async function readSome(peer: Peer, byteCount: number): Promise<void> {
  while (peer.byteCount < byteCount) {
    const before = peer.byteCount;
    peer.resume();
    await peer.received(before + 1).catch(() => undefined);
    await new Promise<void>((resolve) => setImmediate(resolve));
    peer.pause();
  }
}

/** @param beforeKiB what it took once it was warm. */
function assertBarelyGrown(balancer: BalancerProcess, beforeKiB: number): void {
  const transport = balancer.lines.find(({ event }) => event === "listening")?.["transport"];
  const growth = balancer.residentKiB() - beforeKiB;
  assert.ok(growth < (transport === "net" ? GROWTH_OVER_NET_KIB : GROWTH_KIB), `grew by ${growth} KiB`);
}

/** Lets sessions run one after another until each worker has had one: whichever is next has grown already. */
async function warmUp(balancer: BalancerProcess, runSession: () => Promise<void>): Promise<void> {
  const workers = balancer.lines.find(({ event }) => event === "listening")?.["workers"];
  const warm = new Set<unknown>();
  for (let count = 1; warm.size !== workers; count++) {
    await runSession();
    await balancer.line(() => balancer.sessions().length === count);
    warm.add(balancer.sessions().at(-1)?.["worker"]);
  }
}

/** Lets sessions run until one of them has gone by in which nobody took any more from the sender. */
async function untilStuck({ socket }: Peer, runSession: () => Promise<void>): Promise<void> {
  const taken = (): number => socket.bytesWritten - socket.writableLength;
  for (let before = -1; before !== taken(); ) {
    before = taken();
    await runSession();
  }
}

describe("a slow peer", () => {
  it("makes a client that reads slowly cost no memory, and loses nothing", async () => {
    await using server = await startPeerServer(async (peer) => {
      const wanted = Number((await peer.received(9)).toString());
      await peer.sendAll(patternedChunks(SEED, wanted));
      await peer.finish();
    });
    await using balancer = await startBalancer([server.address], ["--probe=off"]);
    const runSession = async (): Promise<void> => {
      const quick = await connectPeer({ port: balancer.port });
      await quick.finish(String(WARM_UP_BYTES).padStart(9, "0"));
      assert.equal((await quick.ended()).byteCount, WARM_UP_BYTES);
    };
    await warmUp(balancer, runSession);

    const before = balancer.residentKiB();
    const slow = await connectPeer({ port: balancer.port, paused: true });
    await slow.finish(String(BULK_BYTES).padStart(9, "0"));
    await readSome(slow, READ_BYTES);
    const sender = server.peers.at(-1);
    assert.ok(sender !== undefined);
    await untilStuck(sender, runSession);
    assertBarelyGrown(balancer, before);
    slow.resume();
    const { how, sha256 } = await slow.ended();
    assert.equal(how, "finished");
    assert.equal(sha256, patternedSha256(SEED, BULK_BYTES));
  });

  it("makes a backend that reads slowly cost no memory, and loses nothing", async () => {
    await using server = await startPeerServer(() => {}, { paused: true });
    await using balancer = await startBalancer([server.address], ["--probe=off"]);
    const runSession = async (): Promise<void> => {
      const quick = await connectPeer({ port: balancer.port });
      const reader = await server.next();
      reader.resume();
      await quick.sendAll(patternedChunks(SEED, WARM_UP_BYTES));
      await quick.finish();
      assert.equal((await reader.ended()).byteCount, WARM_UP_BYTES);
      await reader.finish();
    };
    await warmUp(balancer, runSession);

    const before = balancer.residentKiB();
    const client = await connectPeer({ port: balancer.port });
    const slow = await server.next();
    const sent = meanwhile(client.sendAll(patternedChunks(SEED, BULK_BYTES)).then(() => client.finish()));
    await readSome(slow, READ_BYTES);
    await untilStuck(client, runSession);
    assertBarelyGrown(balancer, before);
    slow.resume();
    await sent;
    const { how, sha256 } = await slow.ended();
    assert.equal(how, "finished");
    assert.equal(sha256, patternedSha256(SEED, BULK_BYTES));
  });

  it("keeps answering a one-byte echo beside an unpaced bulk stream", async () => {
    await using echoes = await startPeerServer(echo);
    await using balancer = await startBalancer([echoes.address], ["--probe=off"]);
    const bulk = await connectPeer({ port: balancer.port });
    const bulkSent = meanwhile(bulk.sendAll(patternedChunks(SEED, BULK_BYTES)).then(() => bulk.finish()));
    const small = await connectPeer({ port: balancer.port });
    let rounds = 0;
    while (bulk.byteCount < BULK_BYTES / 2) {
      await small.send("x");
      rounds++;
      await small.received(rounds);
    }
    await bulkSent;
    assert.equal((await bulk.ended()).sha256, patternedSha256(SEED, BULK_BYTES));
    // An echo that had to wait for the stream's end would see none. This process hashes the bulk between two rounds.
    assert.ok(rounds > 10, `${rounds} rounds beside ${BULK_BYTES} bytes`);
  });
});
