import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dialFailure, isReset } from "../../src/transport/failure.ts";
import type { DialFailureKind } from "../../src/transport/transport.ts";
import type { SocketAddress } from "../../src/wire/address.ts";

const IPV4: SocketAddress = { kind: "ip", ip: "192.0.2.1", port: 80 };
const IPV6: SocketAddress = { kind: "ip", ip: "2001:db8::1", port: 80 };
const UNIX: SocketAddress = { kind: "unix", path: "/run/backend.sock" };

describe("dialFailure", () => {
  const kinds: Readonly<Record<DialFailureKind, readonly string[]>> = {
    refused: ["ECONNREFUSED", "ENOENT"],
    reset: ["ECONNRESET", "EPIPE"],
    timeout: ["ETIMEDOUT"],
    local: ["EADDRINUSE", "EADDRNOTAVAIL", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EPERM"],
    unreachable: ["EHOSTUNREACH", "ENETUNREACH", "EACCES", "EINVAL", "something new"],
  };
  for (const [kind, codes] of Object.entries(kinds)) {
    it(`calls ${codes.join(", ")} ${kind}`, () => {
      for (const code of codes) {
        assert.deepEqual(dialFailure(code, IPV4), { kind, code });
        assert.deepEqual(dialFailure(code, UNIX), { kind, code });
      }
    });
  }

  it("takes a missing IPv6 for the address's fault, and a shortage of ports for ours", () => {
    const kindFor = (address: SocketAddress, machineHasIpv6: boolean): DialFailureKind =>
      dialFailure("EADDRNOTAVAIL", address, () => machineHasIpv6).kind;
    assert.equal(kindFor(IPV6, false), "unreachable");
    assert.equal(kindFor(IPV6, true), "local");
    assert.equal(kindFor(IPV4, false), "local");
  });
});

describe("isReset", () => {
  it("tells what the other side did from what the way did", () => {
    for (const code of ["ECONNRESET", "EPIPE", "ECONNABORTED"]) assert.equal(isReset(code), true, code);
    for (const code of ["ETIMEDOUT", "EHOSTUNREACH", ""]) assert.equal(isReset(code), false, code);
  });
});
