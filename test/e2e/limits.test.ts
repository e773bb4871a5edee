// Access lists, limits and queues as users write them: in flags, and in a file.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { withoutWorkers } from "../control/crew.ts";
import { startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

const folder = makeTemporaryFolder("limits");
after(() => rmSync(folder, { recursive: true }));

const HTTP_BODY = /^HTTP\/1\.1 503 .*\r\nRetry-After: \d+\r\n.*Service not available/is;

/** A client whose first bytes have come back. */
async function talk(port: number): Promise<Peer> {
  const client = await connectPeer({ port });
  await client.send("word");
  await client.received(4);
  return client;
}

async function howItEnds(port: number, localAddress = "127.0.0.1"): Promise<string> {
  const client = await connectPeer({ port, localAddress });
  return (await client.ended()).how;
}

for (const [transport, flags] of [
  ["net", ["--transport=net", "--workers=1"]],
  ["linux", ["--transport=linux", "--workers=2"]],
] as const) {
  const skip = transport === "linux" && withoutWorkers("linux");
  describe(`limits by flags on ${transport}`, { skip }, () => {
    it("hold for each client, and are named in the log", async () => {
      await using server = await startPeerServer(echo);
      const limits = ["--client-connections=2", "--client-rate=100/s", "--deny=127.0.0.2,192.0.2.0/24"];
      await using balancer = await startBalancer([server.address], [...flags, ...limits]);
      const clients = [await talk(balancer.port), await talk(balancer.port)];
      assert.equal(await howItEnds(balancer.port), "reset");
      assert.equal(await howItEnds(balancer.port, "127.0.0.2"), "reset");
      const over = await balancer.line(({ end }) => end === "over-limit");
      assert.equal(over["error"], "max-connections of the client");
      await balancer.line(({ end }) => end === "denied");
      const other = await connectPeer({ port: balancer.port, localAddress: "127.0.0.3" });
      await other.send("word");
      await other.received(4);
      for (const client of [...clients, other]) client.reset();
    });

    it("keep clients waiting where every backend is full", async () => {
      await using server = await startPeerServer(echo);
      const limits = ["--queue-limit=1", "--queue-timeout=30s"];
      await using balancer = await startBalancer([`${server.address},max-connections=1`], [...flags, ...limits]);
      const first = await talk(balancer.port);
      const others = [await connectPeer({ port: balancer.port }), await connectPeer({ port: balancer.port })];
      // One of them may be gone already.
      await Promise.allSettled(others.map((other) => other.send("word")));
      // Either of them: which of two workers is the first to accept is nobody's business.
      const refused = await Promise.race(others.map((other) => other.ended().then(() => other)));
      await balancer.line(({ end }) => end === "queue-full");
      first.reset();
      const second = others.find((other) => other !== refused);
      await second?.received(4);
      second?.reset();
      const waited = await balancer.line(({ end, queueMs }) => end === "client-reset" && queueMs !== null);
      assert.ok(typeof waited["queueMs"] === "number");
    });

    it("answer who has waited too long in HTTP where that is spoken", async () => {
      await using server = await startPeerServer();
      const limits = ["--queue-limit=5", "--queue-timeout=300ms", "--peek=http", "--probe=off"];
      await using balancer = await startBalancer([`${server.address},max-connections=1`], [...flags, ...limits]);
      const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
      const first = await connectPeer({ port: balancer.port });
      await first.send(request);
      await server.next();
      const second = await connectPeer({ port: balancer.port });
      await second.send(request);
      const { first: answer } = await second.ended();
      assert.match(answer.toString(), HTTP_BODY);
      const line = await balancer.line(({ end }) => end === "queue-timeout");
      assert.deepEqual([line["status"], typeof line["queueMs"]], [503, "number"]);
      first.reset();
    });
  });
}

describe("limits in a file", () => {
  it("deny whom a file of its own names, and jitter ends sessions before their time", async () => {
    await using server = await startPeerServer(echo);
    const denyFile = join(folder, "deny.txt");
    const file = join(folder, "lb-tcp.yaml");
    writeFileSync(denyFile, "# not these\n192.0.2.0/24\n127.0.0.2 # nor this one\n");
    writeFileSync(
      file,
      `version: 1
process: { workers: 1, transport: net }
log: { format: json }
listeners:
  web:
    listen: "127.0.0.1:0"
    access: { deny-file: ${denyFile} }
    per-client: { max-connections: 1, rate: 20/s, burst: 40, ipv6-prefix: 64, table-size: 2000 }
    max-connections: 2
    max-lifetime: { after: 2s, jitter: 50% }
    pool: web
pools:
  web: { queue: { limit: 10, timeout: 5s }, probe: off, backends: ["${server.address}"] }
`,
    );
    await using balancer = await startBalancer([], ["--config", file]);
    assert.equal(await howItEnds(balancer.port, "127.0.0.2"), "reset");
    await balancer.line(({ end }) => end === "denied");
    const client = await talk(balancer.port);
    assert.equal((await client.ended()).how, "reset");
    const { durationMs } = await balancer.line(({ end }) => end === "max-lifetime");
    assert.ok(typeof durationMs === "number" && durationMs >= 1_000 && durationMs <= 2_200, "earlier by chance");
  });
});
