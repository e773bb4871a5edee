import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withoutWorkers } from "../control/crew.ts";
import { startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { skipReason } from "../support/programs.ts";

/** A client that has been echoed one byte; rejects when it is reset instead. */
async function ask(port: number, byte: string): Promise<Peer> {
  const client = await connectPeer({ port });
  // Whoever is turned away before may not be able to say it any more, with one of several errors; how it ended is certain.
  await client.send(byte).catch(() => {});
  assert.equal((await client.received(1)).toString(), byte);
  return client;
}

/** In the main thread, which can't leave clients waiting in the kernel. */
const NET = ["--transport=net", "--workers=1"];

describe("descriptors", { skip: skipReason("prlimit") }, () => {
  it("turns clients away above max-connections, as over-limit, and serves again below", async () => {
    await using server = await startPeerServer(echo);
    await using balancer = await startBalancer([server.address], [...NET, "--max-connections=2"]);
    const first = await ask(balancer.port, "a");
    const second = await ask(balancer.port, "a");
    await assert.rejects(ask(balancer.port, "x"), /reset after 0 of 1 bytes/);
    const line = await balancer.line(({ event }) => event === "session");
    assert.equal(line["end"], "over-limit");
    second.reset();
    await balancer.line(({ end }) => end === "client-reset");
    const fourth = await ask(balancer.port, "b");
    await first.send("c");
    assert.equal((await first.received(2)).toString(), "ac");
    for (const client of [first, fourth]) client.reset();
  });

  it("leaves clients waiting above max-connections on linux, however many workers there are", {
    skip: withoutWorkers("linux"),
  }, async () => {
    await using server = await startPeerServer(echo);
    const flags = ["--transport=linux", "--workers=2", "--max-connections=4"];
    await using balancer = await startBalancer([server.address], flags);
    const served = await Promise.all([1, 2, 3, 4].map(() => ask(balancer.port, "a")));
    const waiting = ask(balancer.port, "b");
    for (const client of served) {
      await client.send("c");
      assert.equal((await client.received(2)).toString(), "ac");
    }
    assert.deepEqual(balancer.sessions(), []);
    for (const client of served) client.reset();
    (await waiting).reset();
    await balancer.line(() => balancer.sessions().length === 5);
    assert.ok(balancer.sessions().every(({ end }) => end === "client-reset"));
  });

  it("derives its limit from the descriptors, and prints it", async () => {
    await using server = await startPeerServer(echo);
    const under = ["prlimit", "--nofile=1000"];
    await using balancer = await startBalancer([server.address], ["--workers=1"], { under });
    const line = balancer.lines.find(({ event }) => event === "capacity");
    assert.deepEqual([line?.["maxConnections"], line?.["descriptors"]], [(1000 - 64 - 16) / 2, 1000]);
  });

  it("starts under a limit of 2^30 without allocating for it", async () => {
    await using server = await startPeerServer(echo);
    const under = ["prlimit", `--nofile=${2 ** 30}`];
    await using balancer = await startBalancer([server.address], [], { under }).catch((error: unknown) => {
      // Only root may raise it, and the kernel has a most of its own (fs.nr_open).
      if (/prlimit: failed/.test(String(error))) return startBalancer([server.address]);
      throw error;
    });
    assert.ok(balancer.residentKiB() < 300 * 1024, `${balancer.residentKiB()} KiB`);
  });

  it("loses nothing that is connected when descriptors run out, and serves when there are some again", async () => {
    await using server = await startPeerServer(echo);
    // A probe would take a descriptor now and then, maybe the one that is free for a client.
    const flags = [...NET, "--max-connections=100000", "--probe=off"];
    await using balancer = await startBalancer([server.address], flags, { under: ["prlimit", "--nofile=160"] });
    const served: Peer[] = [];
    let turnedAway = 0;
    for (let number = 0; number < 100; number++) {
      const client = await ask(balancer.port, "x").catch(() => undefined);
      if (client === undefined) turnedAway++;
      else served.push(client);
    }
    assert.ok(served.length > 10, `${served.length} served`);
    assert.ok(turnedAway > 0, "the descriptors did not run out");
    for (const client of served) {
      await client.send("y");
      assert.equal((await client.received(2)).toString(), "xy");
    }
    const [leaving, ...staying] = served;
    leaving?.reset();
    await balancer.line(({ end }) => end === "client-reset");
    const late = await ask(balancer.port, "z");
    for (const client of [late, ...staying]) client.reset();
    assert.equal(await balancer.end(), 0);
  });
});
