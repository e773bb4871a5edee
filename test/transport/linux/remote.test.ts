import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assert as assertProperty, integer, ipV4, ipV6, oneof, property } from "fast-check";
import { NamedRemote, remoteOf } from "../../../src/transport/linux/remote.ts";
import { SOCKET_ADDRESS_BYTES, writeSocketAddress } from "../../../src/transport/linux/socket-address.ts";
import { formatAddress, type SocketAddress } from "../../../src/wire/address.ts";

describe("remoteOf", () => {
  it("names the same address as the text of what the kernel wrote", () => {
    assertProperty(
      property(oneof(ipV4(), ipV6()), integer({ min: 0, max: 65_535 }), (ip, port) => {
        const remote = remoteOf(written({ kind: "ip", ip, port }));
        assert.equal(remote.isTcp, true);
        assert.equal(remote.text, formatAddress({ kind: "ip", ip: remote.ip, port }));
        if (!ip.includes(":")) assert.equal(remote.ip, ip);
        // As bytes, since one address has many texts.
        if (remote.ip.includes(":")) {
          assert.deepEqual(written({ kind: "ip", ip: remote.ip, port }), written({ kind: "ip", ip, port }));
        }
      }),
    );
  });

  it("calls an IPv4 client of a dual-stack socket by its IPv4 address", () => {
    const remote = remoteOf(written({ kind: "ip", ip: "::ffff:192.0.2.1", port: 80 }));
    assert.deepEqual([remote.ip, remote.text], ["192.0.2.1", "192.0.2.1:80"]);
  });

  it("has no name for a client over a unix socket", () => {
    const remote = remoteOf(written({ kind: "unix", path: "" }));
    assert.deepEqual([remote.isTcp, remote.ip, remote.text], [false, "", "unix:"]);
  });
});

describe("NamedRemote", () => {
  it("tells what has been dialled", () => {
    const tcp = new NamedRemote({ kind: "ip", ip: "::1", port: 80 });
    assert.deepEqual([tcp.isTcp, tcp.ip, tcp.text], [true, "::1", "[::1]:80"]);
    const unix = new NamedRemote({ kind: "unix", path: "/x" });
    assert.deepEqual([unix.isTcp, unix.ip, unix.text], [false, "", "unix:/x"]);
  });
});

function written(address: SocketAddress): Buffer {
  const into = Buffer.alloc(SOCKET_ADDRESS_BYTES);
  writeSocketAddress(address, into);
  return into;
}
