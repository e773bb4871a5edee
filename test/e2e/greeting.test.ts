import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

describe("a server that speaks first", () => {
  it("greets a client that has sent nothing, as SMTP, MySQL and SSH do", async () => {
    const greeting = "220 mail.example.com ESMTP\r\n";
    await using server = await startPeerServer((peer) => peer.send(greeting));
    await using balancer = await startBalancer([server.address], ["--probe=off"]);
    const client = await connectPeer({ port: balancer.port });
    assert.equal((await client.received(greeting.length)).toString(), greeting);
    await client.finish("QUIT\r\n");
    const accepted = await server.next();
    assert.equal((await accepted.received(6)).toString(), "QUIT\r\n");
    await accepted.finish();
    assert.equal((await client.ended()).how, "finished");
    const line = await balancer.line(({ event }) => event === "session");
    assert.equal(line["end"], "client-finished");
    assert.equal(line["bytesDown"], greeting.length);
  });
});
