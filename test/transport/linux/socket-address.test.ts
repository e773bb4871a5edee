import assert from "node:assert/strict";
import { SocketAddress as NodeSocketAddress } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, it } from "node:test";
import { assert as assertProperty, constantFrom, integer, ipV4, ipV6, property, string } from "fast-check";
import {
  familyOf,
  readSocketAddress,
  SOCKET_ADDRESS_BYTES,
  writeSocketAddress,
} from "../../../src/transport/linux/socket-address.ts";
import { plainIp, type SocketAddress } from "../../../src/wire/address.ts";

const LONGEST_PATH = 107;
const port = integer({ min: 0, max: 65_535 });

describe("a socket address", () => {
  it("is read as it was written, for IPv4", () => {
    assertProperty(
      property(ipV4(), port, (ip, number) => {
        const address = { kind: "ip", ip, port: number } as const;
        assert.deepEqual(roundTrip(address, 16), address);
      }),
    );
  });

  it("is read as Node writes it, for IPv6", () => {
    assertProperty(
      property(ipV6(), port, (ip, number) => {
        const theirs = new NodeSocketAddress({ address: ip, family: "ipv6" }).address;
        const { ip: ours } = ipOf(roundTrip({ kind: "ip", ip, port: number }, 28));
        // inet_ntop shows the last four bytes with dots where all before them are 0, as RFC 4291 once had it.
        if (!/^::\d+\.\d+\.\d+\.\d+$/.test(theirs)) assert.equal(ours, plainIp(theirs));
        assert.deepEqual(
          bytesOf({ kind: "ip", ip: ours, port: number }),
          bytesOf({ kind: "ip", ip: plainIp(theirs), port: number }),
        );
      }),
    );
  });

  it("has zeros shortened once, where they are longest, and at the first of equals", () => {
    for (const ip of ["::", "::1", "1::", "2001:db8::1:0:0:1", "1:0:0:2::3", "0:1:2:3:4:5:6:7", "1:2:3:4:5:6:0:8"]) {
      assert.equal(ipOf(roundTrip({ kind: "ip", ip, port: 1 }, 28)).ip, ip);
    }
  });

  it("is plain IPv4 where that came over a dual-stack socket", () => {
    for (const ip of ["::ffff:192.0.2.1", "::ffff:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
      assert.equal(ipOf(roundTrip({ kind: "ip", ip, port: 1 }, 28)).ip, "192.0.2.1");
    }
  });

  it("keeps the zone of a link-local address, by number or by name", () => {
    const found = Object.values(networkInterfaces()).flat();
    const taken = found.flatMap((one) => (one?.family === "IPv6" ? [one.scopeid] : []));
    const free = 1 + Math.max(7, ...taken);
    assert.equal(ipOf(roundTrip({ kind: "ip", ip: `fe80::1%${free}`, port: 1 }, 28)).ip, `fe80::1%${free}`);
    const local = Object.entries(networkInterfaces()).find(([, addresses]) =>
      addresses?.some((one) => one.family === "IPv6" && one.scopeid > 0),
    );
    if (local !== undefined) {
      assert.equal(ipOf(roundTrip({ kind: "ip", ip: `fe80::1%${local[0]}`, port: 1 }, 28)).ip, `fe80::1%${local[0]}`);
    }
    assert.equal(ipOf(roundTrip({ kind: "ip", ip: "fe80::1%nowhere", port: 1 }, 28)).ip, "fe80::1");
  });

  it("holds a path and the NUL behind it, up to the longest that a socket can have", () => {
    assertProperty(
      property(string({ unit: constantFrom("a", "/", "é", "語"), minLength: 1, maxLength: 150 }), (path) => {
        const into = Buffer.alloc(SOCKET_ADDRESS_BYTES, 255);
        const length = writeSocketAddress({ kind: "unix", path }, into);
        const pathBytes = Buffer.byteLength(path);
        assert.equal(length, pathBytes > LONGEST_PATH ? -1 : 2 + pathBytes + 1);
        if (length > 0) assert.deepEqual(into.subarray(2, length), Buffer.from(`${path}\0`));
      }),
    );
  });

  it("of a client over a unix socket has no name", () => {
    const from = Buffer.alloc(SOCKET_ADDRESS_BYTES);
    from.writeUInt16LE(familyOf({ kind: "unix", path: "/x" }), 0);
    assert.deepEqual(readSocketAddress(from), { kind: "unix", path: "" });
  });
});

function bytesOf(address: SocketAddress): Buffer {
  const into = Buffer.alloc(SOCKET_ADDRESS_BYTES, 255);
  writeSocketAddress(address, into);
  return into;
}

function roundTrip(address: SocketAddress, length: number): SocketAddress {
  const into = Buffer.alloc(SOCKET_ADDRESS_BYTES, 255);
  assert.equal(writeSocketAddress(address, into), length);
  return readSocketAddress(into);
}

function ipOf(address: SocketAddress): Extract<SocketAddress, { kind: "ip" }> {
  assert.ok(address.kind === "ip");
  return address;
}
