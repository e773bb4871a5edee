import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { acceptProxySchema, probeSendProxySchema, sendProxySchema } from "../../src/config/proxy-schema.ts";
import { problemsOf } from "./problems-of.ts";

const OFF = { crc32c: false, uniqueId: false, authority: false, alpn: false, custom: [] };

describe("acceptProxySchema", () => {
  it("believes nobody unless asked", () => {
    assert.equal(acceptProxySchema.parse(undefined), undefined);
    assert.equal(acceptProxySchema.parse("off"), undefined);
  });

  it("requires a header of either version, once it is said from whom", () => {
    const from = ["10.0.0.0/8"];
    const expected = { from, policy: "require", versions: ["v1", "v2"], timeoutMs: 5_000 };
    assert.deepEqual(acceptProxySchema.parse({ from }), expected);
  });

  const refused: [value: unknown, problem: string][] = [
    [{}, "x.from: missing, expected a list of addresses and CIDRs"],
    [{ from: [] }, "x.from: got an empty list, expected at least one address or CIDR"],
    [{ from: ["10.0.0.1"], versions: [] }, 'x.versions: got a list, expected a list with "v1", "v2" or both'],
    ["v1", 'x: got "v1", expected an object of options for accepting PROXY headers, or "off"'],
  ];
  for (const [value, problem] of refused) {
    it(`refuses ${JSON.stringify(value)}`, () => assert.deepEqual(problemsOf(acceptProxySchema, value), [problem]));
  }
});

describe("sendProxySchema", () => {
  it("takes a version, or what else is sent", () => {
    assert.equal(sendProxySchema.parse(undefined), undefined);
    assert.equal(sendProxySchema.parse("off"), undefined);
    assert.deepEqual(sendProxySchema.parse("v1"), { version: "v1", ...OFF });
    const custom = [{ type: 0xe0, value: "site-a" }];
    const sent = sendProxySchema.parse({ version: "v2", crc32c: true, custom: { "0xE0": "site-a" } });
    assert.deepEqual(sent, { version: "v2", ...OFF, crc32c: true, custom });
  });

  const refused: [value: unknown, problem: string][] = [
    [
      { version: "v1", alpn: true },
      'x: version "v1" has no room for more than addresses; set version to "v2", or leave the rest out',
    ],
    [{ version: "v2", custom: { "0x20": "a" } }, 'x.custom["0x20"]: got the type "0x20", expected 0xE0 to 0xF7'],
    [{ version: "v2", custom: { "0xE0": "a".repeat(1_025) } }, "x.custom.0xE0: got 1025 bytes, expected at most 1,024"],
  ];
  for (const [value, problem] of refused) {
    it(`refuses ${JSON.stringify(value).slice(0, 60)}`, () => {
      assert.deepEqual(problemsOf(sendProxySchema, value), [problem.replace('["0x20"]', ".0x20")]);
    });
  }
});

describe("probeSendProxySchema", () => {
  it("takes a version or off", () => {
    for (const word of ["v1", "v2", "off"]) assert.equal(probeSendProxySchema.parse(word), word);
    assert.ok(!probeSendProxySchema.safeParse("v3").success);
  });
});
