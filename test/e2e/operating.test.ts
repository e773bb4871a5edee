// What an operator does to a balancer that works, and what its clients see of it: nothing.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { timestampOf } from "../../src/admin/metrics/timestamp.ts";
import { systemClock } from "../../src/clock.ts";
import type { TransportName } from "../../src/config/options.ts";
import { withoutWorkers } from "../control/crew.ts";
import { startTraffic } from "../control/traffic.ts";
import { visit } from "../control/visit.ts";
import { type BalancerProcess, type LogLine, programPath, startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { type ProgramResult, runProgram, skipReason } from "../support/programs.ts";
import { startNginx } from "../support/real-peers.ts";
import { runWrk } from "../support/wrk.ts";

const folder = makeTemporaryFolder("operating");
after(() => rmSync(folder, { recursive: true }));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, "only-this-test-knows-the-token\n", { mode: 0o600 });

async function adminOf(balancer: BalancerProcess): Promise<string> {
  return String((await balancer.line(({ event }) => event === "admin"))["address"]);
}

async function statusOf(admin: string, path: string): Promise<number> {
  const answer = await fetch(`http://${admin}${path}`);
  await answer.arrayBuffer();
  return answer.status;
}

/** When a session began, by its access line. */
function beginOf({ time, durationMs }: LogLine): number {
  return 1_000 * timestampOf(String(time)) - Number(durationMs);
}

const places: readonly (readonly [transport: TransportName, workers: number])[] = [
  ["net", 1],
  ["linux", 2],
];
for (const [transport, workers] of places) {
  const skip = transport === "linux" && withoutWorkers("linux");
  const flags = [
    `--transport=${transport}`,
    `--workers=${workers}`,
    "--admin=127.0.0.1:0",
    `--admin-token-file=${tokenFile}`,
  ];

  describe(`operating over ${transport}`, { skip }, () => {
    it("says at SIGTERM that it is not ready, and goes on accepting for the shutdown delay", async () => {
      await using server = await startPeerServer(echo);
      await using balancer = await startBalancer([server.address], [...flags, "--shutdown-delay=5s"]);
      const admin = await adminOf(balancer);
      const traffic = startTraffic(() => visit(balancer.port));
      await traffic.more(10);
      assert.deepEqual(await Promise.all(["/readyz", "/livez"].map((path) => statusOf(admin, path))), [200, 200]);
      balancer.signal("SIGTERM");
      await balancer.line(({ event }) => event === "shutdown-delay");
      assert.deepEqual(await Promise.all(["/readyz", "/livez"].map((path) => statusOf(admin, path))), [503, 200]);
      // Those begin after it has said so.
      await traffic.more(10);
      assert.deepEqual(await traffic.stop(), []);
      assert.equal(await balancer.exited(), 0);
    });

    it("drains a backend under load without losing a request", { skip: skipReason("nginx", "wrk") }, async () => {
      await using first = await startNginx();
      await using second = await startNginx();
      const upstream = [`web/b1=${first.address}`, `web/b2=${second.address}`];
      await using balancer = await startBalancer(upstream, flags);
      const admin = await adminOf(balancer);
      const ctl = (...args: readonly string[]): Promise<ProgramResult> =>
        runProgram(process.execPath, [
          programPath,
          "ctl",
          `--admin=${admin}`,
          `--admin-token-file=${tokenFile}`,
          ...args,
        ]);
      // A connection for each request.
      const load = runWrk(balancer.port, 5, false);
      await balancer.line(({ backend }) => backend === "web/b2");

      const drained = await ctl("drain", "web/b2", "--wait");
      assert.equal(drained.code, 0, drained.stderr);
      const drainedAt = systemClock.wallMs();
      const { requests, errors } = await load;
      assert.deepEqual([errors, requests > 0], [0, true]);

      const readyAt = systemClock.wallMs();
      assert.equal((await ctl("ready", "web/b2")).code, 0);
      const again = await runWrk(balancer.port, 1, false);
      assert.equal(again.errors, 0);
      assert.equal(await balancer.end(), 0);
      const begun = balancer
        .sessions()
        .filter(({ backend }) => backend === "web/b2")
        .map(beginOf);
      assert.deepEqual(
        begun.filter((at) => at > drainedAt && at < readyAt),
        [],
        "it is out of use",
      );
      assert.ok(
        begun.some((at) => at > readyAt),
        "it is in use again",
      );
      const orderly = ["backend-finished", "client-finished", "client-reset"];
      const sessions = balancer.sessions();
      const whole = new Set(sessions.filter(({ end }) => end === "backend-finished").map(({ bytesDown }) => bytesDown));
      // nginx closes after its answer, and may refuse with RST what the client's end brings: nobody has lost anything by that.
      const bad = sessions.filter(({ end, bytesDown }) => !orderly.includes(String(end)) && !whole.has(bytesDown));
      assert.deepEqual(bad, []);
    });
  });
}
