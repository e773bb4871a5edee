import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import type { ChildServer } from "../support/child-server.ts";
import { connectPeer } from "../support/peer.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { startRedis } from "../support/real-peers.ts";

describe("Redis behind lb-tcp", { skip: skipReason("redis-server", "redis-benchmark", "redis-cli") }, () => {
  let redis: ChildServer;

  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());

  it("serves redis-benchmark, pipelined and not", async () => {
    await using balancer = await startBalancer([redis.address]);
    const common = ["-p", String(balancer.port), "-n", "5000", "-c", "20", "-t", "set,get", "--csv"];
    for (const pipeline of ["1", "16"]) {
      const { code, stdout } = await runProgram("redis-benchmark", [...common, "-P", pipeline]);
      assert.equal(code, 0);
      assert.match(stdout, /"SET"[\s\S]*"GET"/);
    }
    assert.equal(await balancer.end(), 0);
    const ends = new Set(balancer.sessions().map(({ end }) => end));
    assert.deepEqual([...ends], ["client-finished"]);
  });

  it("carries what is published to a subscriber that only listens", async () => {
    await using balancer = await startBalancer([redis.address]);
    const subscriber = await connectPeer({ port: balancer.port });
    await subscriber.send("SUBSCRIBE news\r\n");
    await subscriber.received("*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n".length);
    const before = subscriber.byteCount;
    const { stdout } = await runProgram("redis-cli", ["-p", String(balancer.port), "PUBLISH", "news", "hello"]);
    assert.equal(stdout.trim(), "1");
    const message = "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n";
    const all = await subscriber.received(before + message.length);
    assert.equal(all.subarray(before).toString(), message);
    subscriber.reset();
  });
});
