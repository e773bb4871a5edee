// Whoever is slow: memory stays bounded, and the others are served.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

const BULK_BYTES = 300 * 2 ** 20;
/** What is moved at full speed before memory is looked at: buffers and compiled code that stay. */
const WARM_UP_BYTES = 64 * 2 ** 20;
const READ_BYTES = 4 * 2 ** 20;
const GROWTH_KIB = 8 * 1024;
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

describe("a slow peer", () => {
  it("makes a client that reads slowly cost no memory, and loses nothing", async () => {
    let sending: Promise<void> = Promise.resolve();
    await using server = await startPeerServer(async (peer) => {
      const wanted = Number((await peer.received(9)).toString());
      sending = peer.sendAll(patternedChunks(SEED, wanted)).then(() => peer.finish());
      await sending;
    });
    await using balancer = await startBalancer([server.address], ["--probe=off"]);
    const warm = await connectPeer({ port: balancer.port });
    await warm.finish(String(WARM_UP_BYTES).padStart(9, "0"));
    assert.equal((await warm.ended()).sha256, patternedSha256(SEED, WARM_UP_BYTES));

    const before = balancer.residentKiB();
    const slow = await connectPeer({ port: balancer.port, paused: true });
    await slow.finish(String(BULK_BYTES).padStart(9, "0"));
    await readSome(slow, READ_BYTES);
    const growth = balancer.residentKiB() - before;
    assert.ok(growth < GROWTH_KIB, `grew by ${growth} KiB`);
    slow.resume();
    const { how, sha256 } = await slow.ended();
    assert.equal(how, "finished");
    assert.equal(sha256, patternedSha256(SEED, BULK_BYTES));
  });

  it("makes a backend that reads slowly cost no memory, and loses nothing", async () => {
    await using server = await startPeerServer(() => {}, { paused: true });
    await using balancer = await startBalancer([server.address], ["--probe=off"]);
    const warm = await connectPeer({ port: balancer.port });
    const warmed = await server.next();
    warmed.resume();
    await warm.sendAll(patternedChunks(SEED, WARM_UP_BYTES));
    await warm.finish();
    assert.equal((await warmed.ended()).sha256, patternedSha256(SEED, WARM_UP_BYTES));

    const before = balancer.residentKiB();
    const client = await connectPeer({ port: balancer.port });
    const slow = await server.next();
    const sent = client.sendAll(patternedChunks(SEED, BULK_BYTES)).then(() => client.finish());
    await readSome(slow, READ_BYTES);
    const growth = balancer.residentKiB() - before;
    assert.ok(growth < GROWTH_KIB, `grew by ${growth} KiB`);
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
    const bulkSent = bulk.sendAll(patternedChunks(SEED, BULK_BYTES)).then(() => bulk.finish());
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
