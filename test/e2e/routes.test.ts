// One listener that looks at what is spoken, and real clients of every kind: each to the right pool.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer as createHttp2Server, createSecureServer } from "node:http2";
import { after, before, describe, it } from "node:test";
import { type BalancerProcess, startBalancer } from "../support/balancer-process.ts";
import type { ChildServer } from "../support/child-server.ts";
import { connectPeer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { startNginx, startPostgres, startRedis } from "../support/real-peers.ts";
import { certificate, serve, webSocketEcho } from "../support/web-servers.ts";

const GREETING = "220 mail.example.com ESMTP\r\n";
const HOST = "127.0.0.1";

const needed = [
  "nginx",
  "curl",
  "wrk",
  "redis-server",
  "redis-cli",
  "initdb",
  "postgres",
  "psql",
  "h2load",
  "openssl",
  "nc",
];

async function curl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram("curl", ["-sS", ...args]);
  assert.equal(code, 0, stderr);
  return stdout;
}

describe("clients of every kind through one listener", { skip: skipReason(...needed) }, () => {
  const servers: AsyncDisposable[] = [];
  let upstreams: string[];

  before(async () => {
    const pages = await Promise.all([
      startNginx({ body: "web\n" }),
      startNginx({ files: { "/api/x": Buffer.from("api\n") } }),
    ]);
    const [redis, postgres]: [ChildServer, ChildServer] = await Promise.all([startRedis(), startPostgres()]);
    const greeter: PeerServer = await startPeerServer((peer) => peer.send(GREETING));
    const webSocket = await serve(webSocketEcho());
    const http2 = await serve(createHttp2Server((_request, response) => response.end("h2\n")));
    const tls = await serve(createSecureServer(await certificate(), (_request, response) => response.end("tls\n")));
    servers.push(...pages, redis, postgres, greeter, webSocket, http2, tls);
    upstreams = [
      greeter.address,
      `web/${pages[0].address}`,
      `api/${pages[1].address}`,
      `chat/${webSocket.address}`,
      `redis/${redis.address}`,
      `db/${postgres.address}`,
      `h2/${http2.address}`,
      `secure/${tls.address}`,
    ];
  });
  after(async () => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  });

  const routes = [
    "path=/api/*,pool=api",
    "path=/chat,header.upgrade=websocket,pool=chat",
    "protocol=http,pool=web",
    "protocol=h2,pool=h2",
    "sni=secure.example,alpn=h2,pool=secure",
    "protocol=tls,reject=close",
    // What these two send first says nothing of a protocol that is known here.
    "protocol=other,client=::1,pool=db",
    "protocol=other,pool=redis",
  ];
  const start = (...flags: string[]): Promise<BalancerProcess> =>
    startBalancer(upstreams, ["--peek=auto", ...routes.map((route) => `--route=${route}`), ...flags]);

  for (const keepAlive of ["close", "sticky"]) {
    it(`serves each from its own pool, with http-keep-alive ${keepAlive}`, async () => {
      await using balancer = await start("--listen=[::1]:0", `--http-keep-alive=${keepAlive}`);
      const url = `http://${balancer.address}`;
      const onIpv6 = await balancer.line(
        ({ event, address }) => event === "listening" && String(address).startsWith("[::1]"),
      );
      const ipv6Port = /\d+$/.exec(String(onIpv6["address"]))?.[0] ?? "";

      assert.equal(await curl(`${url}/`), "web\n");
      assert.equal(await curl(`${url}/api/x`), "api\n");
      assert.equal(await curl("--http1.0", `${url}/api/x`), "api\n");
      assert.equal(await curl(`${url}/`, `${url}/`), "web\nweb\n");
      assert.equal(await curl("--http2-prior-knowledge", `${url}/`), "h2\n");
      const resolved = `secure.example:${balancer.port}:${HOST}`;
      assert.equal(await curl("-k", "--resolve", resolved, `https://secure.example:${balancer.port}/`), "tls\n");

      const redis = await runProgram("redis-cli", ["-p", String(balancer.port), "ping"]);
      assert.equal(redis.stdout, "PONG\n");
      // It says all that it has to say, and its end, before it is answered.
      const brief = await runProgram("nc", ["-N", HOST, String(balancer.port)], { input: "PING\r\n" });
      assert.equal(brief.stdout, "+PONG\r\n", brief.stderr);
      const uri = `postgresql://postgres@[::1]:${ipv6Port}/postgres`;
      const psql = await runProgram("psql", ["--dbname", uri, "--tuples-only", "--command", "select 40 + 2"]);
      assert.match(psql.stdout, /^\s*42\n/, psql.stderr);

      const silent = await connectPeer({ port: balancer.port });
      assert.equal((await silent.received(GREETING.length)).toString(), GREETING);
      silent.reset();

      const pools = new Map<unknown, Set<unknown>>();
      await balancer.line(({ event, pool }) => event === "session" && pool === "default");
      for (const { pool, protocol } of balancer.sessions()) {
        pools.set(pool, new Set([...(pools.get(pool) ?? []), protocol]));
      }
      assert.deepEqual(Object.fromEntries([...pools].map(([pool, protocols]) => [pool, [...protocols]])), {
        web: ["http"],
        api: ["http"],
        h2: ["h2"],
        secure: ["tls"],
        redis: ["other"],
        db: ["other"],
        default: ["silent"],
      });
    });

    it(`carries a WebSocket, with http-keep-alive ${keepAlive}`, async () => {
      await using balancer = await start(`--http-keep-alive=${keepAlive}`);
      const client = await connectPeer({ port: balancer.port });
      const key = randomBytes(16).toString("base64");
      const handshake = [
        "GET /chat HTTP/1.1",
        "Host: a",
        "Connection: keep-alive, Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${key}`,
      ];
      const frame = Buffer.from([0x81, 0x85, 0, 0, 0, 0, 0x68, 0x65, 0x6c, 0x6c, 0x6f]);
      const echo = Buffer.concat([Buffer.from([0x81, 5]), frame.subarray(6)]);
      // The first frame in the same breath, before anybody has agreed.
      await client.send(Buffer.concat([Buffer.from(`${handshake.join("\r\n")}\r\n\r\n`), frame]));
      const head = /^HTTP\/1\.1 101 [\s\S]*?\r\n\r\n/;
      const length = (head.exec((await client.received(129 + echo.length)).toString("latin1"))?.[0] ?? "").length;
      assert.ok(length > 0, client.first.toString("latin1"));
      await client.send(frame);
      const all = await client.received(length + 2 * echo.length);
      assert.deepEqual(all.subarray(length), Buffer.concat([echo, echo]));
      client.reset();
      const { pool } = await balancer.line(({ event }) => event === "session");
      assert.equal(pool, "chat");
    });

    it(`answers every request of wrk and h2load, with http-keep-alive ${keepAlive}`, async () => {
      await using balancer = await start(`--http-keep-alive=${keepAlive}`);
      const wrk = await runProgram("wrk", ["-t1", "-c10", "-d1", `http://${balancer.address}/api/x`]);
      assert.match(wrk.stdout, /requests in/);
      assert.doesNotMatch(wrk.stdout, /Non-2xx|Socket errors: connect [1-9]/);
      for (const scheme of ["http", "https"]) {
        const args = ["-n200", "-c4", "-m5", "--connect-to", balancer.address];
        const { stdout } = await runProgram("h2load", [...args, `${scheme}://secure.example/`]);
        assert.match(stdout, /200 total, 200 started, 200 done, 200 succeeded, 0 failed/);
      }
    });
  }
});

describe("HTTP that can't be served", { skip: skipReason("curl") }, () => {
  it("is answered 503 by the plain command with http:// upstreams", async () => {
    await using balancer = await startBalancer(["http://127.0.0.1:1"]);
    const answer = await curl("--include", `http://${balancer.address}/`);
    assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: \d+\r\n[\s\S]*\r\nService not available/);
    const { status, protocol } = await balancer.line(({ event }) => event === "session");
    assert.deepEqual([status, protocol], [503, "http"]);
  });

  it("is answered even where the request is large and still under way", async () => {
    await using balancer = await startBalancer(["http://127.0.0.1:1"]);
    const client = await connectPeer({ port: balancer.port });
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    await client.send(Buffer.alloc(60_000)).catch(() => {});
    const { first, how } = await client.ended();
    assert.match(first.toString(), /^HTTP\/1\.1 503 /);
    assert.equal(how, "finished");
    client.reset();
  });
});
