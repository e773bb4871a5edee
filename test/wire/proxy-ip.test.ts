import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { IP_WORDS, readIp } from "../../src/wire/ip.ts";
import { ipBytes, socketIp, socketIpOfBytes } from "../../src/wire/proxy-ip.ts";

describe("socketIp", () => {
  it("writes addresses as the rest of lb-tcp does", () => {
    assert.deepEqual(socketIp({ ipAddress: "2001:DB8:0::1", port: 1 }), { kind: "ip", ip: "2001:db8::1", port: 1 });
    assert.deepEqual(socketIp({ ipAddress: "::ffff:192.0.2.1", port: 1 }), { kind: "ip", ip: "192.0.2.1", port: 1 });
    assert.equal(socketIp({ ipAddress: "x", port: 1 }), undefined);
  });
});

describe("socketIpOfBytes", () => {
  it("reads what ipBytes gives", () => {
    for (const ip of ["192.0.2.1", "255.255.255.255", "2001:db8::1", "::", "ff02::1:2"]) {
      const words = new Uint32Array(IP_WORDS);
      assert.ok(readIp(ip, words));
      assert.deepEqual(socketIpOfBytes(ipBytes(words), 80), { kind: "ip", ip, port: 80 });
    }
    assert.deepEqual(socketIpOfBytes([192, 0, 2, 1], 80), { kind: "ip", ip: "192.0.2.1", port: 80 });
  });
});
