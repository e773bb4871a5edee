import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { systemClock } from "../../src/clock.ts";
import { createProbe } from "../../src/probe/probe.ts";
import { GOOD } from "../support/certificates.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { ask, probeConfig } from "./asking.ts";
import { describeProbeKind } from "./probe.contract.ts";
import { replies, startTalkingServer } from "./talking-server.ts";

const HTTP_OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const PING = [{ send: "PING\r\n" }, { expect: "+PONG" }];
const OVER_TLS = { tls: true, ca: "ca.pem" } as const;

describeProbeKind({ name: "tcp", probe: { type: "tcp" }, well: {}, awaited: undefined });
describeProbeKind({
  name: "tls",
  probe: { type: "tls", ca: "ca.pem" },
  well: { certificate: GOOD },
  awaited: "TLS handshake",
});
describeProbeKind({
  name: "http",
  probe: { type: "http", body: "ok" },
  well: { talk: replies("\r\n\r\n", HTTP_OK) },
  awaited: "HTTP answer",
});
describeProbeKind({
  name: "http over TLS",
  probe: { type: "http", ...OVER_TLS },
  well: { certificate: GOOD, talk: replies("\r\n\r\n", HTTP_OK) },
  awaited: "TLS handshake",
});
describeProbeKind({
  name: "script",
  probe: { type: "script", steps: PING },
  well: { talk: replies("PING\r\n", "+PONG\r\n") },
  awaited: "answer to step 2",
});
describeProbeKind({
  name: "script over TLS",
  probe: { type: "script", steps: PING, ...OVER_TLS },
  well: { certificate: GOOD, talk: replies("PING\r\n", "+PONG\r\n") },
  awaited: "TLS handshake",
});

describe("createProbe", () => {
  it(
    "probes a unix socket, and says when there is none",
    withoutLeaks(async () => {
      const folder = makeTemporaryFolder("probe");
      const path = join(folder, "backend.sock");
      const address = { kind: "unix", path } as const;
      try {
        assert.deepEqual(await ask({}, address), { kind: "failed", reason: "ENOENT" });
        await using server = await startPeerServer((peer) => peer.received(30).then(() => peer.finish(HTTP_OK)), {
          path,
        });
        assert.deepEqual(await ask({ type: "http", port: 1 }, address), { kind: "ok" });
        assert.match((await server.next()).first.toString(), /\r\nhost: localhost\r\n/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
  );

  it("asks the user's function, and needs no connection for it", async () => {
    const asked: unknown[] = [];
    const type = async (...given: readonly unknown[]): Promise<void> => void asked.push(...given);
    const address = { kind: "ip", ip: "10.0.0.1", port: 80 } as const;
    const configured = { kind: "tcp", host: "a.internal", port: 80 } as const;
    const once = createProbe(probeConfig({ type }), { pool: "web", name: "a", configured, address }, systemClock);
    const { signal } = new AbortController();
    assert.deepEqual(await once({ signal, waitFor() {} }), { kind: "ok" });
    assert.deepEqual(asked, [{ pool: "web", name: "a", address: "10.0.0.1:80" }, signal]);
  });

  const hosts: readonly [what: string, probe: object, configured: string, host: RegExp][] = [
    ["the name that is configured, with its port", {}, "a.internal.", /\r\nhost: a\.internal:\d+\r\n/],
    ["the IP of a backend without a name", {}, "127.0.0.1", /\r\nhost: 127\.0\.0\.1:\d+\r\n/],
    ["what the probe says", { host: "web.internal" }, "a.internal", /\r\nhost: web\.internal\r\n/],
    ["the server name over TLS", { ...OVER_TLS, serverName: "localhost" }, "a.b", /\r\nhost: localhost:\d+\r\n/],
  ];
  for (const [what, probe, host, expected] of hosts) {
    it(
      `asks by HTTP for ${what}`,
      withoutLeaks(async () => {
        let heard = "";
        const talk = (stream: Socket): void => {
          stream.on("data", (chunk: Buffer) => {
            heard += chunk.toString();
          });
          replies("\r\n\r\n", HTTP_OK)(stream);
        };
        await using server = await startTalkingServer({ talk, ...("tls" in probe ? { certificate: GOOD } : {}) });
        const configured = { kind: "tcp", host, port: server.address.port } as const;
        assert.equal((await ask({ type: "http", ...probe }, server.address, { configured })).kind, "ok");
        assert.match(heard, expected);
        await server.visit();
      }),
    );
  }
});
