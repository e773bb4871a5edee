// Backends that leave and come back, whatever the order in which things are started.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { connectPeer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";

/** What a client of the balancer is told, or how it was turned away. */
async function ask(port: number): Promise<string> {
  const client = await connectPeer({ port });
  const { how, first } = await client.ended();
  await client.finish().catch(() => {});
  return how === "finished" ? first.toString() : how;
}

/** Who stops and returns does so on a port that its test holds: in between nobody else is given it. */
const named = (name: string, port = 0): Promise<PeerServer> => startPeerServer((peer) => peer.finish(name), { port });

describe("recovery", () => {
  it("follows backends that stop and return, without a restart", async () => {
    await using place = await startRefuser();
    await using first = await named("first", place.port);
    await using second = await named("second");
    await using balancer = await startBalancer(
      [`first=${first.address}`, `second=${second.address}`],
      // With several workers each has turns of its own.
      ["--probe-interval=200ms", "--fall=1", "--workers=1"],
    );
    await first.close();
    await balancer.line(({ event, backend }) => event === "down" && backend === "default/first");
    for (let round = 0; round < 4; round++) assert.equal(await ask(balancer.port), "second");
    const returned = balancer.lines.length;
    await using again = await named("first", first.port);
    await balancer.line((line) => line["event"] === "up" && balancer.lines.indexOf(line) >= returned);
    const answers = [await ask(balancer.port), await ask(balancer.port)];
    assert.deepEqual(answers.sort(), ["first", "second"]);
    assert.equal(again.port, first.port);
  });

  it("starts with every backend down, resets clients with the reason in the log, and recovers by itself", async () => {
    await using place = await startRefuser();
    await using balancer = await startBalancer([`only=${place.address}`], ["--probe-interval=1h"]);
    await balancer.line(({ event }) => event === "down");
    assert.equal(await ask(balancer.port), "reset");
    const line = await balancer.line(({ event }) => event === "session");
    assert.equal(line["end"], "no-backend");
    assert.equal(line["error"], "1 down");
    await using server = await named("only", place.port);
    // Probes come every second while no backend can serve, however long the interval, and the first success counts.
    await balancer.line(({ event }) => event === "up");
    assert.equal(await ask(balancer.port), "only");
    assert.equal(server.port, place.port);
  });

  it("serves from backups only while no primary can", async () => {
    await using place = await startRefuser();
    await using primary = await named("primary", place.port);
    await using spare = await named("spare");
    await using balancer = await startBalancer(
      [`primary=${primary.address}`, `spare=${spare.address},backup`],
      ["--probe-interval=200ms", "--fall=1", "--rise=1"],
    );
    for (let round = 0; round < 3; round++) assert.equal(await ask(balancer.port), "primary");
    await primary.close();
    assert.equal(await ask(balancer.port), "spare");
    await balancer.line(({ event, backend }) => event === "down" && backend === "default/primary");
    assert.equal(await ask(balancer.port), "spare");
    const seen = balancer.lines.length;
    await using again = await named("primary", primary.port);
    await balancer.line((line) => line["event"] === "up" && balancer.lines.indexOf(line) >= seen);
    assert.equal(await ask(balancer.port), "primary");
    assert.equal(again.port, primary.port);
  });
});
