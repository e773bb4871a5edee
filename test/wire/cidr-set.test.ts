import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Cidr, parseCidr } from "../../src/wire/cidr.ts";
import { CidrSet } from "../../src/wire/cidr-set.ts";
import { formatIp, IP_WORDS, isIpv4, maskIp, readIp } from "../../src/wire/ip.ts";

function setOf(...texts: readonly string[]): CidrSet {
  return new CidrSet(
    texts.map((text): Cidr => {
      const parsed = parseCidr(text);
      assert.ok("value" in parsed, text);
      return parsed.value;
    }),
  );
}

function wordsOf(ip: string): Uint32Array {
  const words = new Uint32Array(IP_WORDS);
  assert.ok(readIp(ip, words));
  return words;
}

describe("CidrSet", () => {
  it("has the first and the last address of a network, and not their neighbours", () => {
    const set = setOf("10.0.0.0/8", "2001:db8::/32", "192.0.2.1");
    for (const ip of [
      "10.0.0.0",
      "10.255.255.255",
      "192.0.2.1",
      "2001:db8::",
      "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    ]) {
      assert.ok(set.has(ip), ip);
    }
    for (const ip of ["9.255.255.255", "11.0.0.0", "192.0.2.0", "192.0.2.2", "2001:db7:ffff::", "2001:db9::"]) {
      assert.ok(!set.has(ip), ip);
    }
  });

  it("knows IPv4 addresses that came as IPv6", () => {
    assert.ok(setOf("10.0.0.0/8").has("::ffff:10.1.2.3"));
    assert.ok(setOf("::ffff:10.0.0.0/104").has("10.1.2.3"));
  });

  it("keeps the families apart: all of one is nothing of the other", () => {
    assert.ok(setOf("0.0.0.0/0").has("255.255.255.255"));
    assert.ok(!setOf("0.0.0.0/0").has("::1"));
    assert.ok(setOf("::/0").has("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    assert.ok(!setOf("::/0").has("10.0.0.1"));
  });

  it("has an address whose network holds smaller ones that do not", () => {
    const set = setOf("10.1.0.0/16", "10.0.0.0/8", "10.1.2.3", "10.0.0.0/8", "10.0.0.0/24");
    for (const ip of ["10.0.0.1", "10.1.2.4", "10.200.0.1"]) assert.ok(set.has(ip), ip);
  });

  it("has nothing that is no address, and nothing at all when it is empty", () => {
    assert.ok(!setOf("0.0.0.0/0", "::/0").has(""));
    assert.ok(!setOf("0.0.0.0/0").has("10.0.0.1.example.com"));
    assert.ok(!setOf().has("10.0.0.1"));
  });

  it("agrees with Node's BlockList, whatever the networks and addresses", () => {
    const network = fc.record({ ip: fc.oneof(fc.ipV4(), fc.ipV6()), bits: fc.nat(128) });
    const addresses = fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(network, { maxLength: 10 }), addresses, (networks, ips) => {
        // One for each family: Node's takes IPv4 for a part of ::/0.
        const blocks = { 4: new BlockList(), 6: new BlockList() };
        const texts = networks.map(({ ip, bits }) => {
          const words = wordsOf(ip);
          const family = isIpv4(words) ? 4 : 6;
          const prefix = family === 4 ? bits % 33 : bits;
          maskIp(words, family === 4 ? 96 + prefix : prefix);
          blocks[family].addSubnet(formatIp(words), prefix, family === 4 ? "ipv4" : "ipv6");
          return `${formatIp(words)}/${prefix}`;
        });
        const set = setOf(...texts);
        for (const ip of [...ips, ...networks.map(({ ip: own }) => own)]) {
          const words = wordsOf(ip);
          const family = isIpv4(words) ? 4 : 6;
          assert.equal(set.has(ip), blocks[family].check(formatIp(words), family === 4 ? "ipv4" : "ipv6"), ip);
        }
      }),
    );
  });
});
