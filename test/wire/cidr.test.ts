import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatCidr, parseCidr, parseCidrLines } from "../../src/wire/cidr.ts";
import { hostileText } from "../config/texts.ts";

function read(text: string): string {
  const parsed = parseCidr(text);
  return "value" in parsed ? formatCidr(parsed.value) : parsed.problem;
}

describe("parseCidr", () => {
  it("reads networks and single addresses of both families", () => {
    for (const text of ["10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "2001:db8::/32", "::/0", "::1"])
      assert.equal(read(text), text);
    assert.equal(read("192.0.2.1/32"), "192.0.2.1");
    assert.equal(read("::1/128"), "::1");
    assert.equal(read("2001:DB8:0::/48"), "2001:db8::/48");
  });

  it("takes IPv4 within IPv6 for IPv4", () => {
    assert.equal(read("::ffff:192.0.2.1"), "192.0.2.1");
    assert.equal(read("::ffff:10.0.0.0/104"), "10.0.0.0/8");
  });

  it("says what was meant where bits are set behind the network's", () => {
    assert.equal(
      read("10.1.2.3/8"),
      '"10.1.2.3/8" has bits set behind its first 8; write 10.0.0.0/8 for the network, or 10.1.2.3 for the one address',
    );
    assert.equal(
      read("2001:db8::1/32"),
      '"2001:db8::1/32" has bits set behind its first 32; write 2001:db8::/32 for the network, or 2001:db8::1 for the one address',
    );
  });

  it("says what is wrong with everything else", () => {
    const expected = "expected an IP address such as 192.0.2.1, or a network such as 10.0.0.0/8 or 2001:db8::/32";
    assert.equal(read(""), `"" is no address or network; ${expected}`);
    assert.equal(read("10/8"), `"10/8" is no address or network: IPv4 has four numbers; ${expected}`);
    assert.equal(
      read("10.0.*"),
      `"10.0.*" is no address or network: a part is left out by a number of bits, not by *; ${expected}`,
    );
    assert.equal(
      read("db.internal"),
      `"db.internal" is no address or network: names are not looked up here; ${expected}`,
    );
    assert.equal(read("10.0.0.1:80"), `"10.0.0.1:80" is no address or network: it has a port; ${expected}`);
    assert.equal(
      read("10.0.0.1-10.0.0.9"),
      `"10.0.0.1-10.0.0.9" is no address or network: a range is written as networks; ${expected}`,
    );
    assert.equal(
      read("010.0.0.1"),
      `"010.0.0.1" is no address or network: its numbers go from 0 to 255, without leading zeros; ${expected}`,
    );
    assert.match(read("[::1]"), /it has brackets/);
    assert.equal(read("10.0.0.0/255.0.0.0"), '"10.0.0.0/255.0.0.0" has a netmask behind the slash; write /8');
    assert.equal(
      read("10.0.0.0/33"),
      '"10.0.0.0/33" has "33" behind the slash; expected the number of bits, from 0 to 32',
    );
    assert.equal(read("::/129"), '"::/129" has "129" behind the slash; expected the number of bits, from 0 to 128');
    assert.equal(read("10.0.0.0/"), '"10.0.0.0/" has "" behind the slash; expected the number of bits, from 0 to 32');
    assert.equal(read("fe80::1%eth0"), '"fe80::1%eth0" has a zone, which no list knows; write it without "%eth0"');
    assert.match(
      read("::ffff:10.0.0.0/8"),
      /is an IPv4 address written as IPv6, .* write it as IPv4, such as 10\.0\.0\.0\/8$/,
    );
  });

  it("gives a value or a problem for any text", () => {
    fc.assert(
      fc.property(hostileText("0123456789abcdef:./%*[]- "), (text) => {
        const parsed = parseCidr(text);
        if ("value" in parsed) assert.equal(read(formatCidr(parsed.value)), formatCidr(parsed.value));
        else assert.doesNotMatch(parsed.problem, /\n/);
      }),
    );
  });
});

describe("parseCidrLines", () => {
  it("reads one a line, without comments and empty lines", () => {
    const { cidrs, problems } = parseCidrLines("# denied\n10.0.0.0/8\r\n\n  192.0.2.1 # a scanner\n");
    assert.deepEqual(cidrs.map(formatCidr), ["10.0.0.0/8", "192.0.2.1"]);
    assert.deepEqual(problems, []);
  });

  it("names every line that can't be read", () => {
    const { cidrs, problems } = parseCidrLines("::1\n10.0.0.1/8\nx\n");
    assert.deepEqual(cidrs.map(formatCidr), ["::1"]);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2, 3],
    );
  });
});
