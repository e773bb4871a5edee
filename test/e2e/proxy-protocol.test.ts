// Who the client is, told from one balancer to the next: HAProxy in front of lb-tcp and behind it, and nginx behind it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { startHaproxy, startNginx } from "../support/real-peers.ts";

/** Another one than what proxies have: they all live at 127.0.0.1. */
const CLIENT = "127.0.0.5";

/** What a request of CLIENT's is answered. */
async function ask(port: number, path: string): Promise<string> {
  const url = `http://127.0.0.1:${port}${path}`;
  const { code, stdout, stderr } = await runProgram("curl", ["-sS", "--interface", CLIENT, url]);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

function sending(version: "v1" | "v2", to: string): (address: string) => string {
  const option = version === "v1" ? "send-proxy" : "send-proxy-v2 proxy-v2-options crc32c,unique-id";
  return (address) =>
    [
      "listen front",
      "  mode tcp",
      `  bind ${address}`,
      "  unique-id-format %[uuid()]",
      `  server lb-tcp ${to} ${option}`,
      "",
    ].join("\n");
}

function accepting(address: string): string {
  return [
    "frontend back",
    "  mode http",
    `  bind ${address} accept-proxy`,
    '  http-request return status 200 content-type text/plain lf-string "%[src] %[dst_port] %[fc_pp_authority]"',
    "",
  ].join("\n");
}

describe("the PROXY protocol between lb-tcp and others", { skip: skipReason("haproxy", "nginx", "curl") }, () => {
  for (const version of ["v1", "v2"] as const) {
    it(`names the client all the way from HAProxy through lb-tcp to nginx, in ${version}`, async () => {
      await using nginx = await startNginx({ acceptProxy: true });
      const flags = ["--accept-proxy=127.0.0.1", `--send-proxy=${version}`];
      await using balancer = await startBalancer([nginx.address], flags);
      await using front = await startHaproxy(sending(version, balancer.address));
      const [ip, port] = (await ask(front.port, "/client")).split(":");
      assert.equal(ip, CLIENT);
      const { client, peer, tlvs } = await balancer.line(({ event }) => event === "session");
      assert.equal(client, `${CLIENT}:${port}`);
      assert.match(String(peer), /^127\.0\.0\.1:\d+$/);
      assert.equal(tlvs !== null, version === "v2", "version 2 has a unique id beside the addresses");
    });

    it(`names the client and where it connected to, for HAProxy behind it, in ${version}`, async () => {
      await using back = await startHaproxy(accepting);
      await using balancer = await startBalancer([back.address], [`--send-proxy=${version}`]);
      assert.equal((await ask(balancer.port, "/")).trim(), `${CLIENT} ${balancer.port}`);
    });
  }

  it("leaves no error in the log of a backend that is probed", async () => {
    await using nginx = await startNginx({ acceptProxy: true });
    const flags = ["--send-proxy=v2", "--probe-interval=100ms"];
    await using balancer = await startBalancer([nginx.address], flags);
    await balancer.line(({ event }) => event === "up");
    assert.match(await ask(balancer.port, "/client"), /^127\.0\.0\.5:/);
    assert.doesNotMatch(nginx.output(), /broken header|\[error\]/);
  });

  it("resets a trusted source that sends none, and dials nobody for it", async () => {
    await using server = await startPeerServer();
    await using balancer = await startBalancer([server.address], ["--accept-proxy=127.0.0.1", "--probe=off"]);
    const client = await connectPeer({ port: balancer.port });
    await client.send("GET / HTTP/1.1\r\n\r\n");
    assert.equal((await client.ended()).how, "reset");
    const { end, attempts } = await balancer.line(({ event }) => event === "session");
    assert.deepEqual([end, attempts, server.peers.length], ["bad-proxy-header", 0, 0]);
  });
});
