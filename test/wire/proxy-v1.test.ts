import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Peer } from "proxy-protocol-js";
import { readProxyV1, writeProxyV1 } from "../../src/wire/proxy-v1.ts";

/** `source > destination`, or the kind of the verdict. */
function read(text: string): string {
  const verdict = readProxyV1(Buffer.from(text, "latin1"));
  if (verdict.kind !== "match") return verdict.kind;
  const { source, destination, tlvs, version } = verdict.value;
  assert.equal(version, "v1");
  assert.deepEqual(tlvs, []);
  if (source === undefined && destination === undefined) return "unknown";
  assert.ok(source?.kind === "ip" && destination?.kind === "ip");
  return `${source.ip} ${source.port} > ${destination.ip} ${destination.port}`;
}

describe("readProxyV1", () => {
  it("reads addresses of both families", () => {
    assert.equal(read("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"), "192.0.2.1 56324 > 198.51.100.2 443");
    assert.equal(read("PROXY TCP6 2001:DB8::1 2001:db8::2 0 65535\r\n"), "2001:db8::1 0 > 2001:db8::2 65535");
    assert.equal(read("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:10.0.0.1 1 2\r\n"), "192.0.2.1 1 > 10.0.0.1 2");
    assert.equal(
      read("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
      "255.255.255.255 65535 > 255.255.255.255 65535",
    );
  });

  it("leaves what follows to others", () => {
    const verdict = readProxyV1(Buffer.from("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\nPROXY TCP4 3.3.3.3 4.4.4.4 3 4\r\n"));
    assert.ok(verdict.kind === "match" && verdict.byteCount === 32);
  });

  it("ignores what follows UNKNOWN, be it something or nothing", () => {
    assert.equal(read("PROXY UNKNOWN\r\n"), "unknown");
    assert.equal(read("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"), "unknown");
    assert.equal(read("PROXY UNKNOWN \n \xff\r x\r\n"), "unknown");
    assert.equal(read(`PROXY UNKNOWN ${"x".repeat(91)}\r\n`), "unknown");
    assert.equal(read(`PROXY UNKNOWN ${"x".repeat(92)}\r\n`), "no");
    assert.equal(read("PROXY UNKNOWNX\r\n"), "no");
    assert.equal(read("PROXY UNKNOWN\r\r\n"), "no");
  });

  it("takes the longest line of each family", () => {
    const ipv6 = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe";
    const line = `PROXY TCP6 ${ipv6} ${ipv6} 65535 65535\r\n`;
    assert.equal(read(line), `${ipv6} 65535 > ${ipv6} 65535`);
  });

  const wrong: Readonly<Record<string, string>> = {
    "an address out of range": "PROXY TCP4 999.1.1.1 2.2.2.2 1 2\r\n",
    "a name": "PROXY TCP4 nonsense 2.2.2.2 1 2\r\n",
    "addresses of the other family": "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
    "IPv4 as TCP6": "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
    "an IPv4 number with a leading zero": "PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n",
    "an address with a zone": "PROXY TCP6 fe80::1%eth0 fe80::2 1 2\r\n",
    "an address in brackets": "PROXY TCP6 [::1] [::2] 1 2\r\n",
    "a port of 99999": "PROXY TCP4 1.1.1.1 2.2.2.2 99999 2\r\n",
    "a port of 65536": "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n",
    "a port of 30 digits": `PROXY TCP4 1.1.1.1 2.2.2.2 1 ${"1".repeat(30)}\r\n`,
    "a port with a leading zero": "PROXY TCP4 1.1.1.1 2.2.2.2 0080 2\r\n",
    "a negative port": "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n",
    "a port with a sign": "PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n",
    "a port in hex": "PROXY TCP4 1.1.1.1 2.2.2.2 0x1 2\r\n",
    "an empty port": "PROXY TCP4 1.1.1.1 2.2.2.2  2\r\n",
    "no ports": "PROXY TCP4 1.1.1.1 2.2.2.2\r\n",
    "one port": "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
    "a fifth field": "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
    "a space at the end": "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n",
    "two spaces": "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
    "a tab for a space": "PROXY TCP4 1.1.1.1\t2.2.2.2 1 2\r\n",
    "a CRLF within an address": "PROXY TCP4 1.1.1.1\r\nX 2.2.2.2 1 2\r\n",
    "a line feed only": "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
    "a CR without LF": "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\rx",
    "an address of 500 characters": `PROXY TCP4 ${"1".repeat(500)} 2.2.2.2 1 2\r\n`,
    UDP: "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n",
    "another number": "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n",
    "lower case": "proxy tcp4 1.1.1.1 2.2.2.2 1 2\r\n",
    PROXYING: "PROXYING /x HTTP/1.0\r\n",
    "nothing after PROXY": "PROXY \r\n",
    HTTP: "GET / HTTP/1.1\r\n",
    POST: "POST / HTTP/1.1\r\n",
  };
  for (const [what, text] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => assert.equal(read(text), "no"));
  }

  it("asks for more as long as it can become a header, a byte at a time", () => {
    for (const line of [
      "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n",
      "PROXY TCP6 ::1 2001:db8::1.2.3.4 0 1\r\n",
      "PROXY UNKNOWN\r\n",
      "PROXY UNKNOWN x\r\n",
    ]) {
      for (let length = 1; length < line.length; length++) {
        const part = Buffer.from(line.slice(0, length));
        assert.deepEqual(readProxyV1(part), { kind: "more", atLeast: length + 1 }, line.slice(0, length));
      }
    }
  });

  it("says no with the byte that makes it impossible", () => {
    const refusals = [
      "PO",
      "PROXY T4",
      "PROXY TCP4 999",
      "PROXY TCP4 256",
      "PROXY TCP4 01",
      "PROXY TCP4 1..",
      "PROXY TCP4 1.2.3.4.",
      "PROXY TCP4 1.1.1.1 x",
    ];
    refusals.push(
      "PROXY TCP4 1.1.1.1 2.2.2.2 01",
      "PROXY TCP4 1.1.1.1 2.2.2.2 65536",
      "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 ",
      "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
    );
    refusals.push(
      "PROXY TCP6 12345",
      "PROXY TCP6 ::g",
      "PROXY TCP6 1:::",
      "PROXY TCP6 ::1::",
      "PROXY UNKNOWNx",
      "PROXY UNKNOWN\rx",
      "PROXY TCP4 1.1 ",
    );
    for (const text of refusals) {
      assert.equal(read(text.slice(0, -1)), "more", text);
      assert.equal(read(text), "no", text);
    }
  });

  it("gives up after 107 bytes", () => {
    assert.equal(read(`PROXY UNKNOWN ${"x".repeat(92)}`), "more");
    assert.equal(read(`PROXY UNKNOWN ${"x".repeat(93)}`), "no");
    assert.equal(read(`PROXY UNKNOWN ${"x".repeat(65_536)}`), "no");
  });
});

describe("writeProxyV1", () => {
  it("writes a line for each family", () => {
    const line = (family: 4 | 6, source: string, destination: string): string =>
      Buffer.from(
        writeProxyV1({ family, source: new Peer(source, 1), destination: new Peer(destination, 65_535) }),
      ).toString();
    assert.equal(line(4, "192.0.2.1", "198.51.100.2"), "PROXY TCP4 192.0.2.1 198.51.100.2 1 65535\r\n");
    assert.equal(line(6, "::1", "2001:db8::1"), "PROXY TCP6 ::1 2001:db8::1 1 65535\r\n");
  });

  it("writes the short form for what is unknown", () => {
    assert.equal(Buffer.from(writeProxyV1(undefined)).toString(), "PROXY UNKNOWN\r\n");
  });
});
