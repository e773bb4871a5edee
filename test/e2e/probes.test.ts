// What real servers say of being probed: nothing, for TCP and for the scripts that are ready made.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { GOOD } from "../support/certificates.ts";
import { type ChildServer, makeTemporaryFolder } from "../support/child-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { startNginx, startPostgres, startRedis } from "../support/real-peers.ts";

const CYCLES = 20;

/** Probes a server so many times. @returns what it has logged meanwhile. */
async function loggedWhile(server: ChildServer, probe: string): Promise<string> {
  const folder = makeTemporaryFolder("probes");
  const before = server.output().length;
  try {
    const file = join(folder, "lb.yaml");
    const pool = `{ backends: [], probe: { ${probe}, interval: 100ms, interval-changing: 100ms } }`;
    writeFileSync(file, `version: 1\npools: { default: ${pool} }\n`);
    await using balancer = await startBalancer([server.address], [`--config=${file}`, "--log-level=debug"]);
    const answered = (): number => balancer.lines.filter(({ event }) => event === "probe-completed").length;
    await balancer.line(() => answered() > CYCLES);
    const results = new Set(
      balancer.lines.filter(({ event }) => event === "probe-completed").map(({ result }) => result),
    );
    assert.deepEqual([...results], ["ok"]);
    assert.equal(await balancer.end(), 0);
    return server.output().slice(before);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("20 probes of nginx", { skip: skipReason("nginx", "curl") }, () => {
  let folder: string;
  let accessLog: string;

  beforeEach(() => {
    folder = makeTemporaryFolder("nginx-log");
    accessLog = join(folder, "access.log");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const requests = (): string[] => readFileSync(accessLog, "utf8").split("\n").slice(0, -1);

  it("add no line to its logs over TCP", async () => {
    await using nginx = await startNginx({ accessLog });
    assert.equal(await loggedWhile(nginx, "type: tcp"), "");
    assert.deepEqual(requests(), []);
    // What it would log, it does log.
    assert.equal((await runProgram("curl", ["-s", `http://${nginx.address}/`])).code, 0);
    assert.equal(requests().length, 1);
  });

  it("add no line over TCP behind a PROXY header", async () => {
    await using nginx = await startNginx({ acceptProxy: true, accessLog });
    assert.equal(await loggedWhile(nginx, "type: tcp, send-proxy: v2"), "");
    assert.deepEqual(requests(), []);
  });

  it("add a line for each request over HTTP, and no other", async () => {
    await using nginx = await startNginx({ accessLog });
    assert.equal(await loggedWhile(nginx, "type: http, status: 200, body: hello"), "");
    assert.ok(requests().length >= CYCLES);
    assert.deepEqual(
      requests().filter((line) => !/"GET \/ HTTP\/1\.1" 200 .*"lb-tcp"$/.test(line)),
      [],
    );
  });
});

describe("20 probes of PostgreSQL", { skip: skipReason("postgres", "initdb") }, () => {
  it("add no line to its log, by TCP and by the script", async () => {
    await using postgres = await startPostgres();
    assert.equal(await loggedWhile(postgres, "type: tcp"), "");
    assert.equal(await loggedWhile(postgres, "type: script, steps: postgresql"), "");
  });

  it("add none either where it speaks TLS", async () => {
    await using postgres = await startPostgres(GOOD);
    assert.equal(await loggedWhile(postgres, "type: script, steps: postgresql"), "");
  });
});

describe("20 probes of Redis", { skip: skipReason("redis-server") }, () => {
  it("add no line to its log, by TCP and by the script", async () => {
    await using redis = await startRedis();
    assert.equal(await loggedWhile(redis, "type: tcp"), "");
    assert.equal(await loggedWhile(redis, "type: script, steps: redis"), "");
  });
});
