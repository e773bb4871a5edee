import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { withoutLeaks } from "./leaks.ts";
import { sha256 } from "./patterned-bytes.ts";
import { connectPeer } from "./peer.ts";
import { runProgram, skipReason } from "./programs.ts";
import { startNginx, startPostgres, startRedis } from "./real-peers.ts";

describe("startNginx", { skip: skipReason("nginx", "curl") }, () => {
  it(
    "serves a small body, files, and one that is large but takes no room",
    withoutLeaks(async () => {
      const files = { "/folder/data": Buffer.from("some data") };
      await using nginx = await startNginx({ body: "one\n", files, largeFileBytes: 20_000_000 });
      const get = async (path: string): Promise<string> => {
        const { stdout } = await runProgram("curl", ["--silent", "--show-error", `http://${nginx.address}${path}`]);
        return stdout;
      };
      assert.equal(await get("/"), "one\n");
      assert.equal(await get("/folder/data"), "some data");
      assert.match(await get("/client"), /^127\.0\.0\.1:\d+\n$/);
      assert.equal(sha256(await get("/large")), sha256(Buffer.alloc(20_000_000)));
    }),
  );

  it(
    "reads a PROXY header when it is told to",
    withoutLeaks(async () => {
      await using nginx = await startNginx({ acceptProxy: true });
      const client = await connectPeer({ port: nginx.port });
      await client.send("PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n");
      await client.send("GET /client HTTP/1.0\r\n\r\n");
      assert.match((await client.ended()).last.toString(), /\r\n\r\n192\.0\.2\.7:4711\n$/);
      await client.finish();
      await client.closed();
    }),
  );
});

describe("startRedis", { skip: skipReason("redis-server", "redis-cli") }, () => {
  it(
    "keeps what it is told, and leaves nothing behind",
    withoutLeaks(async () => {
      const redis = await startRedis();
      const command = async (...words: string[]): Promise<string> =>
        (await runProgram("redis-cli", ["-h", redis.host, "-p", String(redis.port), ...words])).stdout;
      assert.equal(await command("set", "key", "value"), "OK\n");
      assert.equal(await command("get", "key"), "value\n");
      await Promise.all([redis.stop(), redis.stop()]);
      assert.equal(existsSync(`/proc/${redis.pid}`), false);
    }),
  );
});

describe("startPostgres", { skip: skipReason("initdb", "postgres", "psql") }, () => {
  it(
    "answers a query",
    withoutLeaks(async () => {
      await using postgres = await startPostgres();
      const url = `postgresql://postgres@${postgres.address}/postgres`;
      const { stdout, stderr } = await runProgram("psql", [url, "--csv", "--tuples-only", "--command=select 6 * 7"]);
      assert.equal(stdout, "42\n", stderr);
    }),
  );
});
