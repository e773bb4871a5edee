// The admin address of the program, as operators meet it, and as attackers do.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ask } from "../admin/asking.ts";
import { statusIn, visit } from "../admin/raw.ts";
import { startProgram } from "../cli/running-program.ts";
import { startTraffic } from "../control/traffic.ts";
import { type BalancerProcess, startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

const folder = makeTemporaryFolder("admin-e2e");
after(() => rmSync(folder, { recursive: true }));
const TOKEN = "a-token-of-32-characters-or-more";
const BEARER = { authorization: `Bearer ${TOKEN}` };
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, TOKEN);
const FLAGS = ["--admin=127.0.0.1:0", `--admin-token-file=${tokenFile}`, "--access-log=off"];

async function adminOf(balancer: BalancerProcess): Promise<string> {
  return String((await balancer.line(({ event }) => event === "admin"))["address"]);
}

/** One client, served. */
async function serveOne(port: number): Promise<void> {
  const client = await connectPeer({ port });
  await client.finish("word");
  assert.equal((await client.ended()).byteCount, 4);
}

describe("the admin address of the program", () => {
  it("is ready, drains a backend while clients come, and ends the program in order", async () => {
    await using one = await startPeerServer(echo);
    await using other = await startPeerServer(echo);
    const upstreams = [`one=${one.address}`, `other=${other.address}`];
    await using balancer = await startBalancer(upstreams, [...FLAGS, "--shutdown-delay=1s", "--probe=off"]);
    const admin = await adminOf(balancer);
    assert.equal((await ask(admin, "/readyz")).status, 200);
    const traffic = startTraffic(() => serveOne(balancer.port));
    await traffic.more(50);
    const path = "/api/v1/pools/default/backends/one?wait=1m";
    const drained = await ask(admin, path, { method: "PATCH", body: { state: "drain" }, headers: BEARER });
    assert.deepEqual([drained.status, Object(drained.body).left], [200, 0]);
    const before = one.peers.length;
    await traffic.more(50);
    assert.equal(one.peers.length, before);
    const stopping = await ask(admin, "/api/v1/shutdown", { method: "POST", headers: BEARER });
    assert.equal(stopping.status, 202);
    // Not ready at once, and accepting for the delay.
    assert.deepEqual([(await ask(admin, "/readyz")).status, (await ask(admin, "/livez")).status], [503, 200]);
    await traffic.more(10);
    const problems = await traffic.stop();
    assert.deepEqual(problems, []);
    assert.equal(await balancer.exited(), 0);
  });

  it("says its configuration and takes a new one, also of nonsense", async () => {
    await using server = await startPeerServer(echo);
    const file = join(folder, "lb.yaml");
    const text = (backend: string): string =>
      [
        "version: 1",
        `admin: { listen: "127.0.0.1:0", token-file: token }`,
        `listeners: { web: { listen: "127.0.0.1:0" } }`,
        `pools: { web: { probe: off, backends: [{ name: ${backend}, address: "\${ADDRESS}" }] } }`,
      ].join("\n");
    writeFileSync(file, text("one"));
    await using program = startProgram(["--config", file, "--log-format=json"], { ADDRESS: server.address });
    const [, admin = ""] = await program.seen(/"event":"admin","address":"([^"]+)"/);
    await program.seen(/"event":"listening"/);
    const config = Object((await ask(admin, "/api/v1/config")).body);
    assert.deepEqual(config.admin["token-file"], tokenFile);
    assert.deepEqual(config.pools.web.backends[0].address, "${ADDRESS}");
    writeFileSync(file, text("two"));
    const reloaded = await ask(admin, "/api/v1/reload", { method: "POST", headers: BEARER });
    assert.deepEqual([reloaded.status, Object(reloaded.body).backends.added], [200, ["web/two"]]);
    writeFileSync(file, text("two").replace("listeners", "lisners").replace("probe: off", "probe: of"));
    const refused = await ask(admin, "/api/v1/reload", { method: "POST", headers: BEARER });
    assert.deepEqual([refused.status, Object(refused.body).problems.length], [422, 2]);
    writeFileSync(file, text("two").replace(", token-file: token", ", metrics: token"));
    const restart = await ask(admin, "/api/v1/reload", { method: "POST", headers: BEARER });
    assert.deepEqual(Object(restart.body).restartRequired, ["admin.token-file", "admin.metrics"]);
  });

  it("keeps the program from starting where it can't listen, or where the token is none", async () => {
    await using server = await startPeerServer(echo);
    const short = join(folder, "short");
    writeFileSync(short, "short");
    for (const [flags, message] of [
      [[`--admin=${server.address}`], /cannot listen on 127\.0\.0\.1:\d+: the address is in use/],
      [["--admin=127.0.0.1:0", `--admin-token-file=${short}`], /token file .* holds 5 characters, expected one line/],
      [["--admin=127.0.0.1:0", `--admin-token-file=${short}.none`], /token file .* there is no such file/],
    ] as const) {
      const args = ["--listen=127.0.0.1:0", `--upstream=${server.address}`, ...flags];
      await using program = startProgram(args);
      assert.equal(await program.exited(), 1);
      assert.match(program.stderr(), message);
      assert.doesNotMatch(program.stdout(), /listening/);
    }
  });
});

describe("the admin address under attack", () => {
  const attacks: readonly (readonly [string, (admin: string) => Promise<readonly Socket[]>])[] = [
    ["1,000 silent connections", (admin) => crowd(admin, 1_000, "")],
    ["1,000 heads that never end", (admin) => crowd(admin, 1_000, "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")],
    [
      "500 bodies that never come",
      (admin) =>
        crowd(
          admin,
          500,
          "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n",
        ),
    ],
    [
      "200 clients that read no answer",
      async (admin) => {
        const request = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20);
        const sockets = await crowd(admin, 200, request);
        for (const socket of sockets) socket.pause();
        return sockets;
      },
    ],
    [
      "giant bodies",
      async (admin) => {
        const head = `POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
        const sockets = await crowd(admin, 50, head);
        const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
        for (const socket of sockets) for (let count = 0; count < 16; count++) socket.write(chunk);
        return sockets;
      },
    ],
    [
      "wrong tokens",
      async (admin) => {
        const statuses: number[] = [];
        for (let count = 0; count < 100; count++) {
          const headers = { authorization: `Bearer ${count}` };
          const asked = { method: "POST", headers, localAddress: "127.0.0.2" };
          statuses.push((await ask(admin, "/api/v1/drain", asked)).status);
        }
        assert.deepEqual(
          statuses.slice(0, 10),
          Array.from({ length: 10 }, () => 401),
        );
        // One every five seconds is checked, the rest is not even looked at.
        assert.ok(statuses.filter((status) => status === 429).length > 50, statuses.join(" "));
        // Nor is the right one, for so long.
        const right = { method: "POST", headers: BEARER, localAddress: "127.0.0.2" };
        assert.equal((await ask(admin, "/api/v1/drain", right)).status, 429);
        return [];
      },
    ],
    [
      "pages of other sites",
      async (admin) => {
        for (const headers of [
          { origin: "http://evil.example", "sec-fetch-site": "cross-site" },
          { host: "evil.example" },
        ]) {
          for (const [method, path] of [
            ["POST", "/api/v1/drain"],
            ["POST", "/login"],
            ["GET", "/api/v1/status"],
          ] as const) {
            const { status } = await ask(admin, path, { method, headers });
            assert.ok(status === 403 || status === 421, `${method} ${path}: ${status}`);
          }
        }
        return [];
      },
    ],
  ];

  for (const [what, attack] of attacks) {
    it(`serves every client, and health, through ${what}`, async (context) => {
      await using server = await startPeerServer(echo);
      await using balancer = await startBalancer([server.address], [...FLAGS, "--probe=off"]);
      const admin = await adminOf(balancer);
      const traffic = startTraffic(() => serveOne(balancer.port));
      await traffic.more(20);
      const sockets = await attack(admin);
      context.after(() => {
        for (const socket of sockets) socket.destroy();
      });
      const served = traffic.served;
      await traffic.more(50);
      for (let count = 0; count < 5; count++) {
        assert.equal((await ask(admin, "/livez")).status, 200);
        assert.equal((await ask(admin, "/api/v1/status", { headers: BEARER })).status, 200);
      }
      assert.deepEqual(await traffic.stop(), []);
      assert.ok(traffic.served > served);
      const { body } = await ask(admin, "/api/v1/status");
      assert.equal(Object(body).state, "running");
    });
  }

  it("answers heads that take too long with 408, and forgets the connection", async () => {
    await using server = await startPeerServer(echo);
    await using balancer = await startBalancer([server.address], [...FLAGS, "--probe=off"]);
    const slow = await visit(await adminOf(balancer), "GET / HTTP/1.1\r\nHost: localhost\r\n");
    assert.equal(statusIn(await slow.all()), 408);
  });
});

/** Connections from another address of this machine, each of which sends the same. */
async function crowd(admin: string, count: number, bytes: string): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const more = await Promise.all(Array.from({ length: 50 }, () => visit(admin, bytes, "127.0.0.2")));
    sockets.push(...more.map(({ socket }) => socket));
  }
  return sockets;
}
