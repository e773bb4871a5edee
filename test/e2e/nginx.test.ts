// HTTP over plain TCP, with nginx behind and wrk in front.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import type { ChildServer } from "../support/child-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { startNginx } from "../support/real-peers.ts";
import { startRefuser } from "../support/refuser.ts";
import { runWrk, type WrkResult } from "../support/wrk.ts";

const LEAST_CONNECTIONS = 3_000;

/** One more second of load where a stalled machine let the first go by without an answer. */
async function runWrkPatiently(port: number, isKeptAlive: boolean): Promise<WrkResult> {
  const result = await runWrk(port, 1, isKeptAlive);
  return result.requests > 0 || result.errors > 0 ? result : runWrk(port, 1, isKeptAlive);
}

/** The master and its workers, without a goodbye. */
function kill({ pid }: ChildServer): void {
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").map(Number);
  for (const each of [pid, ...workers.filter((worker) => worker > 0)]) process.kill(each, "SIGKILL");
}

describe("nginx behind lb-tcp", { skip: skipReason("nginx", "wrk", "curl") }, () => {
  let servers: ChildServer[];

  before(async () => {
    servers = await Promise.all([startNginx(), startNginx(), startNginx()]);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
  const upstream = (): string[] => servers.map(({ address }, index) => `n${index}=${address}`);

  it("answers every request over kept connections and over a connection for each", async () => {
    await using balancer = await startBalancer(upstream());
    const kept = await runWrkPatiently(balancer.port, true);
    const closed = await runWrkPatiently(balancer.port, false);
    assert.equal(kept.errors, 0);
    assert.equal(closed.errors, 0);
    assert.ok(kept.requests > 0 && closed.requests > 0);
    assert.equal(await balancer.end(), 0);
  });

  it("fails no connection while one backend of three is dead from the start", async () => {
    await using dead = await startRefuser();
    const [, first = "", second = ""] = upstream();
    await using balancer = await startBalancer([`dead=${dead.address}`, first, second]);
    let connections = 0;
    while (connections < LEAST_CONNECTIONS) {
      const { requests, errors } = await runWrk(balancer.port, 1, false);
      assert.equal(errors, 0);
      connections += requests;
    }
    await balancer.line(({ event, backend }) => event === "down" && backend === "default/dead");
  });

  it("fails no connection when a backend dies under load, but those on it", async () => {
    await using victim = await startNginx();
    const [first = "", second = ""] = upstream();
    await using balancer = await startBalancer([`victim=${victim.address}`, first, second]);
    const load = runWrk(balancer.port, 3, false);
    await balancer.line(({ event, backend }) => event === "session" && backend === "default/victim");
    kill(victim);
    const { requests, errors } = await load;
    // On a machine that is busy with other things: more of it, with one backend gone.
    for (let connections = requests; connections < LEAST_CONNECTIONS; ) {
      const more = await runWrk(balancer.port, 1, false);
      assert.equal(more.errors, 0);
      connections += more.requests;
    }
    assert.equal(await balancer.end(), 0);
    const failed = balancer.sessions().filter(({ end }) => end === "dial-failed" || end === "no-backend");
    assert.deepEqual(failed, []);
    // Who was connected to it has lost an answer; nobody else has.
    const cut = balancer
      .sessions()
      .filter(({ end, bytesDown }) => end === "backend-reset" || (end === "backend-finished" && bytesDown === 0));
    assert.deepEqual([...new Set(cut.map(({ backend }) => backend))], cut.length > 0 ? ["default/victim"] : []);
    assert.ok(errors <= cut.length, `wrk saw ${errors} errors, ${cut.length} sessions were cut`);
  });

  it("shares sequential connections evenly", async () => {
    await using balancer = await startBalancer(upstream());
    for (let round = 0; round < 12; round++) {
      const { stdout } = await runProgram("curl", ["-s", `http://127.0.0.1:${balancer.port}/`]);
      assert.equal(stdout, "hello from nginx\n");
    }
    assert.equal(await balancer.end(), 0);
    const counts = new Map<unknown, number>();
    for (const { backend } of balancer.sessions()) counts.set(backend, (counts.get(backend) ?? 0) + 1);
    // Each worker takes turns by itself: two of them may be one apart, each way.
    assert.equal(counts.size, 3);
    for (const count of counts.values()) assert.ok(Math.abs(count - 4) <= 2, [...counts.values()].join(", "));
  });
});
