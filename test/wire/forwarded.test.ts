import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Forwarding, forwardingHeaders, isForwardingReplaced } from "../../src/wire/forwarded.ts";
import { requestHead } from "./http1-seeds.ts";

const stranger: Forwarding = { headers: "x-forwarded", clientIp: "192.0.2.1", proto: "http", isTrusted: false };
const proxy: Forwarding = { ...stranger, isTrusted: true };

function added(text: string, forwarding: Forwarding): string[] {
  return forwardingHeaders(requestHead(text).head, forwarding).map(({ name, value }) => `${name}: ${value}`);
}

describe("isForwardingReplaced", () => {
  const names = [
    "forwarded",
    "x-forwarded-for",
    "x_forwarded_for",
    "x-forwarded-port",
    "x-real-ip",
    "x-forward",
    "cookie",
  ];
  for (const [what, forwarding, replaced] of [
    ["a stranger", stranger, names.slice(0, 5)],
    ["a stranger, with Forwarded", { ...stranger, headers: "forwarded" }, names.slice(0, 5)],
    ["a trusted proxy", proxy, ["x-forwarded-for", "x_forwarded_for"]],
    ["a trusted proxy, with Forwarded", { ...proxy, headers: "forwarded" }, ["forwarded"]],
    ["anybody, when it is off", { ...stranger, headers: "off" }, []],
  ] as const) {
    it(`says what is replaced of ${what}`, () => {
      assert.deepEqual(
        names.filter((name) => isForwardingReplaced(name, forwarding)),
        replaced,
      );
    });
  }
});

describe("forwardingHeaders", () => {
  const spoofed =
    "GET / HTTP/1.1\nHost: A:8080\nX-Forwarded-For: 10.0.0.1\nX-Forwarded-Proto: https\nX-Forwarded-For: 10.0.0.2, ::1\nForwarded: for=10.0.0.1\n\n";

  it("tells the client's address, host and protocol", () => {
    assert.deepEqual(added(spoofed, stranger), [
      "X-Forwarded-For: 192.0.2.1",
      "X-Forwarded-Proto: http",
      "X-Forwarded-Host: A:8080",
    ]);
  });

  it("appends to what a trusted proxy says, and keeps what it said first", () => {
    assert.deepEqual(added(spoofed, proxy), [
      "X-Forwarded-For: 10.0.0.1, 10.0.0.2, ::1, 192.0.2.1",
      "X-Forwarded-Host: A:8080",
    ]);
    assert.deepEqual(added(spoofed, { ...proxy, headers: "forwarded" }), [
      'Forwarded: for=10.0.0.1, for=192.0.2.1;host="A:8080";proto=http',
    ]);
  });

  it("writes addresses as each of the two has them", () => {
    const text = "GET / HTTP/1.1\nHost: a\n\n";
    const six: Forwarding = { ...stranger, clientIp: "2001:db8::1", localIp: "fe80::1%eth0" };
    assert.equal(added(text, six)[0], "X-Forwarded-For: 2001:db8::1");
    assert.deepEqual(added(text, { ...six, headers: "forwarded" }), [
      'Forwarded: for="[2001:db8::1]";host=a;proto=http;by="[fe80::1]"',
    ]);
    const mapped: Forwarding = {
      ...stranger,
      clientIp: "::ffff:192.0.2.1",
      localIp: "192.0.2.9",
      headers: "forwarded",
    };
    assert.deepEqual(added(text, mapped), ["Forwarded: for=192.0.2.1;host=a;proto=http;by=192.0.2.9"]);
  });

  it("knows clients without an IP and requests without a host", () => {
    const text = "GET / HTTP/1.0\n\n";
    assert.deepEqual(added(text, { ...stranger, clientIp: "" }), ["X-Forwarded-Proto: http"]);
    assert.deepEqual(added(text, { ...stranger, clientIp: "", headers: "forwarded" }), [
      "Forwarded: for=unknown;proto=http",
    ]);
  });

  it("adds nothing when it is off", () => {
    assert.deepEqual(added(spoofed, { ...stranger, headers: "off" }), []);
  });
});
