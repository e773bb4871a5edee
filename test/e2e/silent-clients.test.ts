// Clients that say nothing at first, on a listener that looks at what is said.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

const FLAGS = ["--peek=auto", "--http-keep-alive=sticky", "--route=path=/api/*,pool=api", "--probe=off"];

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

describe("a client that is silent at first", () => {
  it("goes on with the backend that was dialled for it, when it speaks and no route leads elsewhere", async () => {
    await using main = await startPeerServer();
    await using api = await startPeerServer();
    await using balancer = await startBalancer([main.address, `api/${api.address}`], FLAGS);
    const client = await connectPeer({ port: balancer.port });
    const backend = await main.next();
    await client.send(get("/"));
    assert.equal((await backend.received(get("/").length)).toString(), get("/"));
    await backend.finish("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert.equal((await client.ended()).how, "finished");
    await client.finish();
    const { pool, end, attempts, protocol } = await balancer.line(({ event }) => event === "session");
    assert.deepEqual([pool, end, attempts, protocol], ["default", "backend-finished", 1, "http"]);
    assert.deepEqual([main.peers.length, api.peers.length], [1, 0]);
  });

  it("leaves that backend in order, when a route leads elsewhere", async () => {
    await using main = await startPeerServer();
    await using api = await startPeerServer();
    await using balancer = await startBalancer([main.address, `api/${api.address}`], FLAGS);
    const client = await connectPeer({ port: balancer.port });
    const left = await main.next();
    await client.send(get("/api/x"));
    const backend = await api.next();
    assert.equal((await backend.received(get("/api/x").length)).toString(), get("/api/x"));
    const { how, byteCount } = await left.ended();
    assert.deepEqual([how, byteCount], ["finished", 0]);
    client.reset();
    await backend.ended();
    const { pool } = await balancer.line(({ event }) => event === "session");
    assert.equal(pool, "api");
    assert.deepEqual(
      balancer.lines.filter(({ event }) => event === "ejected" || event === "down"),
      [],
    );
  });
});
