import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ProbeOptions } from "../../src/config/probe-options.ts";
import { secureOptions } from "../../src/probe/tls.ts";
import { resetAfter } from "../support/behaviours.ts";
import { EXPIRED, GOOD } from "../support/certificates.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { ask, probeConfig } from "./asking.ts";
import { replies, startTalkingServer } from "./talking-server.ts";

const GOOD_UNTIL = "2120-01-01T00:00:00.000Z";
const BAD_SINCE = "2021-01-01T00:00:00.000Z";

describe("a probe over TLS", () => {
  const cases: readonly [
    title: string,
    probe: ProbeOptions,
    certificate: typeof GOOD,
    expected: { kind: string; reason?: string; certificateExpiresAt: string },
  ][] = [
    [
      "says when the certificate ends",
      { type: "tls", ca: "ca.pem", serverName: "web.internal" },
      GOOD,
      { kind: "ok", certificateExpiresAt: GOOD_UNTIL },
    ],
    [
      "refuses one that has ended, and says since when",
      { type: "tls", ca: "ca.pem" },
      EXPIRED,
      { kind: "failed", reason: `certificate expired ${BAD_SINCE}`, certificateExpiresAt: BAD_SINCE },
    ],
    [
      "refuses one for another name",
      { type: "tls", ca: "ca.pem", serverName: "db.internal" },
      GOOD,
      {
        kind: "failed",
        reason:
          'certificate is for DNS:web.internal, DNS:localhost, IP Address:127.0.0.1, not for "db.internal"; set server-name',
        certificateExpiresAt: GOOD_UNTIL,
      },
    ],
    [
      "refuses one that nobody known has signed",
      { type: "tls" },
      GOOD,
      {
        kind: "failed",
        reason: "certificate is signed by nobody who is trusted; name a file with who has signed it as ca",
        certificateExpiresAt: GOOD_UNTIL,
      },
    ],
    [
      "takes any where it does not verify, and still says when it ends",
      { type: "tls", verify: false, serverName: "db.internal" },
      EXPIRED,
      { kind: "ok", certificateExpiresAt: BAD_SINCE },
    ],
  ];
  for (const [title, probe, certificate, expected] of cases) {
    it(
      title,
      withoutLeaks(async () => {
        await using server = await startTalkingServer({ certificate });
        assert.deepEqual(await ask(probe, server.address), expected);
        await server.visit();
      }),
    );
  }

  it(
    "asks nothing of a backend whose certificate is bad",
    withoutLeaks(async () => {
      let heard = 0;
      await using server = await startTalkingServer({
        certificate: EXPIRED,
        talk: (stream) => stream.on("data", () => heard++),
      });
      const result = await ask({ type: "http", tls: true, ca: "ca.pem" }, server.address);
      assert.deepEqual(result, {
        kind: "failed",
        reason: `certificate expired ${BAD_SINCE}`,
        certificateExpiresAt: BAD_SINCE,
      });
      await server.visit();
      assert.equal(heard, 0);
    }),
  );

  it(
    "says that a backend speaks no TLS",
    withoutLeaks(async () => {
      await using server = await startTalkingServer({ talk: (stream) => stream.write("220 mail ready\r\n") });
      const result = await ask({ type: "tls" }, server.address);
      assert.match(result.kind === "failed" ? result.reason : "", /^the TLS handshake failed: [a-z ]+$/);
      await server.visit();
    }),
  );

  for (const [what, behave] of [
    ["resets", resetAfter(1)],
    ["closes", async (peer) => peer.received(1).then(() => peer.finish())],
  ] as [string, ReturnType<typeof resetAfter>][]) {
    it(
      `says that a backend ${what} during the handshake`,
      withoutLeaks(async () => {
        await using server = await startPeerServer(behave);
        const result = await ask({ type: "tls" }, { kind: "ip", ip: server.host, port: server.port });
        assert.deepEqual(result, { kind: "failed", reason: "it closed the connection during the TLS handshake" });
        await (await server.next()).ended();
      }),
    );
  }

  it(
    "says of each probe when the certificate ends, also where the answer is bad",
    withoutLeaks(async () => {
      await using server = await startTalkingServer({
        certificate: GOOD,
        talk: replies("\r\n\r\n", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"),
      });
      assert.deepEqual(await ask({ type: "http", tls: true, ca: "ca.pem" }, server.address), {
        kind: "failed",
        reason: "answered 503, expected 200-399",
        certificateExpiresAt: GOOD_UNTIL,
      });
      await server.visit();
      await nextTurn();
    }),
  );
});

describe("secureOptions", () => {
  const probe = probeConfig({ type: "tls", ca: "ca.pem" });
  const config = probe.type === "tls" ? probe.tls : assert.fail("it is");

  it("asks for no IP as a server name, and compares the certificate with it all the same", () => {
    const { host, servername } = secureOptions({ config, name: "10.0.0.1" });
    assert.deepEqual([host, servername], ["10.0.0.1", undefined]);
    assert.equal(secureOptions({ config, name: "web.internal" }).servername, "web.internal");
  });

  it("reads the authorities of a configuration once", () => {
    const one = secureOptions({ config, name: "a" });
    assert.equal(one.secureContext, secureOptions({ config, name: "b" }).secureContext);
  });
});
