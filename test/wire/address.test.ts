import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Address,
  claimOf,
  formatAddress,
  formatHostPort,
  literalSocketAddress,
  parseIpPort,
  plainIp,
} from "../../src/wire/address.ts";

const tcp = (host: string, port: number): Address => ({ kind: "tcp", host, port });
const unix: Address = { kind: "unix", path: "/run/x.sock" };

describe("plainIp", () => {
  it("shows an IPv4 address that came over a dual-stack socket as IPv4", () => {
    assert.equal(plainIp("::ffff:1.2.3.4"), "1.2.3.4");
    assert.equal(plainIp("::FFFF:1.2.3.4"), "1.2.3.4");
  });

  it("leaves every other address as it is", () => {
    for (const ip of ["1.2.3.4", "::1", "::", "fe80::1%eth0", "::fffe:1.2.3.4"]) assert.equal(plainIp(ip), ip);
  });
});

describe("formatHostPort", () => {
  it("puts brackets around IPv6 only", () => {
    assert.equal(formatHostPort("::1", 80), "[::1]:80");
    assert.equal(formatHostPort("fe80::1%eth0", 80), "[fe80::1%eth0]:80");
    assert.equal(formatHostPort("1.2.3.4", 80), "1.2.3.4:80");
    assert.equal(formatHostPort("::ffff:1.2.3.4", 80), "1.2.3.4:80");
    assert.equal(formatHostPort("db.internal", 80), "db.internal:80");
    assert.equal(formatHostPort("", 80), ":80");
  });
});

describe("formatAddress", () => {
  it("writes each kind as users do", () => {
    assert.equal(formatAddress(tcp("db", 5432)), "db:5432");
    assert.equal(formatAddress({ kind: "ip", ip: "::1", port: 80 }), "[::1]:80");
    assert.equal(formatAddress(unix), "unix:/run/x.sock");
  });
});

describe("literalSocketAddress", () => {
  it("knows the socket address of what holds no name", () => {
    assert.deepEqual(literalSocketAddress(tcp("1.2.3.4", 80)), { kind: "ip", ip: "1.2.3.4", port: 80 });
    assert.deepEqual(literalSocketAddress(tcp("::ffff:1.2.3.4", 80)), { kind: "ip", ip: "1.2.3.4", port: 80 });
    assert.deepEqual(literalSocketAddress(unix), unix);
  });

  it("gives nothing for a name and for every address of the machine", () => {
    assert.equal(literalSocketAddress(tcp("localhost", 80)), undefined);
    assert.equal(literalSocketAddress(tcp("", 80)), undefined);
  });
});

describe("parseIpPort", () => {
  it("reads what formatHostPort has written of an IP", () => {
    for (const [ip, port] of [
      ["192.0.2.1", 80],
      ["2001:db8::1", 65_535],
      ["::", 0],
    ] as const) {
      assert.deepEqual(parseIpPort(formatHostPort(ip, port)), { kind: "ip", ip, port });
    }
  });

  it("knows nothing of names, unix sockets and what has no port", () => {
    for (const text of [
      "",
      "unix:",
      "unix:/run/x:1",
      "localhost:80",
      "192.0.2.1",
      "192.0.2.1:",
      "::1",
      "[::1]:65536",
    ]) {
      assert.equal(parseIpPort(text), undefined, text);
    }
  });
});

describe("claimOf", () => {
  it("is the same for two listeners that would be in each other's way", () => {
    assert.equal(claimOf(tcp("", 80)), claimOf(tcp("", 80)));
    assert.notEqual(claimOf(tcp("", 80)), claimOf(tcp("", 81)));
    assert.equal(claimOf(unix), "unix:/run/x.sock");
  });

  it("lets any number of listeners take a free port each", () => {
    assert.equal(claimOf(tcp("", 0)), undefined);
  });
});
