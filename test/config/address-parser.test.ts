import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseAddress } from "../../src/config/address-parser.ts";
import { type Address, formatAddress } from "../../src/wire/address.ts";
import { hostileText } from "./texts.ts";

const tcp = (host: string, port: number): Address => ({ kind: "tcp", host, port });
const unix = (path: string): Address => ({ kind: "unix", path });

const listen = { purpose: "listen" } as const;
const dial = { purpose: "dial" } as const;
const LISTEN_FORMS = "write one such as 80, :80, host:80, [::1]:80 or unix:/path";
const DIAL_FORMS = "write one such as host:80, 10.0.0.1:80, [::1]:80 or unix:/path";

describe("parseAddress", () => {
  const both: [text: string, address: Address][] = [
    ["host:80", tcp("host", 80)],
    ["db.internal.:65535", tcp("db.internal.", 65_535)],
    ["my_service-1:1", tcp("my_service-1", 1)],
    ["1.2.3.4:80", tcp("1.2.3.4", 80)],
    ["[::1]:80", tcp("::1", 80)],
    ["[fe80::1%eth0]:80", tcp("fe80::1%eth0", 80)],
    ["[::ffff:1.2.3.4]:80", tcp("1.2.3.4", 80)],
    ["unix:/run/x.sock", unix("/run/x.sock")],
    ["unix:///run/x.sock", unix("/run/x.sock")],
    ["unix:/a b=c:1", unix("/a b=c:1")],
    [`unix:/${"x".repeat(106)}`, unix(`/${"x".repeat(106)}`)],
  ];
  for (const [text, address] of both) {
    it(`reads ${text.slice(0, 40)} for either purpose`, () => {
      assert.deepEqual(parseAddress(text, listen), { value: address });
      assert.deepEqual(parseAddress(text, dial), { value: address });
    });
  }

  const toListen: [text: string, address: Address][] = [
    ["80", tcp("", 80)],
    [":80", tcp("", 80)],
    ["0", tcp("", 0)],
    [":0", tcp("", 0)],
    ["localhost:0", tcp("localhost", 0)],
    ["[::]:80", tcp("::", 80)],
  ];
  for (const [text, address] of toListen) {
    it(`reads ${text} to listen on`, () => assert.deepEqual(parseAddress(text, listen), { value: address }));
  }

  const toDial: [text: string, address: Address][] = [
    ["http://host:8080", tcp("host", 8080)],
    ["http://host", tcp("host", 80)],
    ["http://host/", tcp("host", 80)],
    ["HTTP://host:8080/", tcp("host", 8080)],
    ["http://[::1]", tcp("::1", 80)],
    ["http://[::1]:8080/", tcp("::1", 8080)],
    ["tcp://host:80", tcp("host", 80)],
    ["tcp://1.2.3.4:80/", tcp("1.2.3.4", 80)],
  ];
  for (const [text, address] of toDial) {
    it(`reads ${text} to dial`, () => assert.deepEqual(parseAddress(text, dial), { value: address }));
  }

  const refusedToListen: [text: string, problem: string][] = [
    ["", `"" is not an address; ${LISTEN_FORMS}`],
    ["web", '"web" has no port; write web:80'],
    ["*:80", '"*:80" has a *, where nothing stands for every address; write :80'],
    ["h:70000", '"h:70000" has the port "70000"; expected 0 to 65535'],
    [":http", '":http" has the port "http"; expected 0 to 65535'],
    ["http://h:80", `"http://h:80" is a URL, but a listener has an address; ${LISTEN_FORMS}`],
    ["tcp://10.0.0.1:80", `"tcp://10.0.0.1:80" is a URL, but a listener has an address; ${LISTEN_FORMS}`],
  ];
  for (const [text, problem] of refusedToListen) {
    it(`refuses to listen on "${text}"`, () => assert.deepEqual(parseAddress(text, listen), { problem }));
  }

  const refusedToDial: [text: string, problem: string][] = [
    ["", `"" is not an address; ${DIAL_FORMS}`],
    ["80", '"80" has no host, and a backend needs one; write localhost:80'],
    [":80", '":80" has no host, and a backend needs one; write localhost:80'],
    ["web", '"web" has no port; write web:80'],
    ["h:0", '"h:0" has the port "0", which only a listener can have; expected 1 to 65535'],
    ["h:65536", '"h:65536" has the port "65536"; expected 1 to 65535'],
    ["h:080", '"h:080" has the port "080"; expected 1 to 65535'],
    ["h:", '"h:" has the port ""; expected 1 to 65535'],
    ["h:80/path", '"h:80/path" has the port "80/path"; expected 1 to 65535'],
    ["::1:80", '"::1:80" is an IPv6 address without brackets; write [::1]:80'],
    ["2001:db8::1:80", '"2001:db8::1:80" is an IPv6 address without brackets; write [2001:db8::1]:80'],
    ["::1", '"::1" is an IPv6 address without brackets; write [::1]:80'],
    [":::80", '":::80" is an IPv6 address without brackets; write [::]:80'],
    ["1:2:3", `"1:2:3" is not an address; ${DIAL_FORMS}`],
    ["[::1]", '"[::1]" has no port; write [::1]:80'],
    ["[::1", `"[::1" is not an address; ${DIAL_FORMS}`],
    ["[web]:81", '"[web]:81" has no IPv6 address in its brackets; write web:81'],
    ["[1.2.3.4]", '"[1.2.3.4]" has no IPv6 address in its brackets; write 1.2.3.4:80'],
    ["[x y]:80", `"[x y]:80" has no IPv6 address in its brackets; ${DIAL_FORMS}`],
    ["tcp://h", '"h" has no port; write h:80'],
    ["https://h", '"https://h": TLS to backends is not available yet; for passthrough write h:443'],
    ["https://h:8443/x", '"https://h:8443/x": TLS to backends is not available yet; for passthrough write h:8443'],
    ["http://h/x", '"http://h/x" has a path, but a backend is an address and no more; write http://h'],
    ["http://h:81?x", '"http://h:81?x" has a path, but a backend is an address and no more; write http://h:81'],
    ["ftp://h:21", '"ftp://h:21" is no http:// or tcp:// URL; write h:21'],
    ["unix:", '"unix:" has no path; write unix:/path'],
    ["unix:/", '"unix:/" has no path; write unix:/path'],
    ["unix:run/x", '"unix:run/x" has no absolute path; write unix:/run/x'],
    ["unix:@x", '"unix:@x" is an abstract socket, expected a path: unix:/path'],
    ["unix:/a\nb", '"unix:/a\\nb" holds a control character; write unix:/path'],
  ];
  for (const [text, problem] of refusedToDial) {
    it(`refuses to dial ${JSON.stringify(text)}`, () => assert.deepEqual(parseAddress(text, dial), { problem }));
  }

  it("refuses a path that does not fit into a socket's address, counting bytes", () => {
    const parsed = parseAddress(`unix:/${"é".repeat(54)}`, dial);
    assert.ok("problem" in parsed);
    assert.match(parsed.problem, /has a path of 109 bytes, expected at most 107$/);
  });

  for (const purpose of ["listen", "dial"] as const) {
    it(`answers any text to ${purpose} in one harmless line of bounded length`, () => {
      fc.assert(
        fc.property(hostileText("1:[]/unix:http://%.a0*@-\n"), (text) => {
          const parsed = parseAddress(text, { purpose });
          if ("value" in parsed) return;
          assert.match(parsed.problem, /^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]{1,900}$/u);
        }),
      );
    });

    it(`proposes to ${purpose} only what it accepts`, () => {
      fc.assert(
        fc.property(hostileText("1:[]/unix:http://%.a0*@-\n"), (text) => {
          const parsed = parseAddress(text, { purpose });
          const [, proposal] = "problem" in parsed ? (/ write (?!one such)(.*)$/.exec(parsed.problem) ?? []) : [];
          if (proposal !== undefined) assert.ok("value" in parseAddress(proposal, { purpose }), proposal);
        }),
      );
    });

    it(`reads to ${purpose} what formatAddress writes`, () => {
      fc.assert(
        fc.property(hostileText("1:[]/unix:http://%.a0*@-\n"), (text) => {
          const parsed = parseAddress(text, { purpose });
          if ("value" in parsed) assert.deepEqual(parseAddress(formatAddress(parsed.value), { purpose }), parsed);
        }),
      );
    });
  }

  it("reads every IP address and port", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65_535 }), (ip, port) => {
        const text = ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
        assert.ok("value" in parseAddress(text, dial));
      }),
    );
  });

  it("is not slow on long hostile text", () => {
    for (const part of ["[", ":", "a.", "1.", "/", "http://", "unix:"]) {
      assert.ok("problem" in parseAddress(part.repeat(100_000), dial));
    }
  });
});
