import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatEscapes, parseEscapes, parseHex } from "../../src/config/escapes.ts";

function bytesOf(parsed: ReturnType<typeof parseEscapes>): readonly number[] {
  return "value" in parsed ? [...parsed.value] : assert.fail(parsed.problem);
}

describe("parseEscapes", () => {
  const cases: readonly [text: string, bytes: Uint8Array][] = [
    ["PING\\r\\n", Buffer.from("PING\r\n")],
    ["PING\r\n", Buffer.from("PING\r\n")],
    ["a\\tb\\0\\\\n", Buffer.from("a\tb\0\\n")],
    ["\\x00\\xfFx", Uint8Array.of(0, 255, 120)],
    ["ä", Buffer.from("ä")],
  ];
  for (const [text, bytes] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(bytesOf(parseEscapes(text)), [...bytes]));
  }

  for (const [text, found] of [
    ["a\\q", '"\\\\q"'],
    ["\\", '"\\\\"'],
    ["\\x1", '"\\\\x"'],
  ] as const) {
    it(`refuses ${text}`, () => {
      const problem = `${JSON.stringify(text)} has ${found}; expected \\r, \\n, \\t, \\0, \\\\ or \\x and two hex digits`;
      assert.deepEqual(parseEscapes(text), { problem });
    });
  }
});

describe("formatEscapes", () => {
  it("writes any bytes in ASCII, and so that they can be read again", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = formatEscapes(bytes);
        assert.match(text, /^[\x20-\x7e]*$/);
        assert.deepEqual(bytesOf(parseEscapes(text)), [...bytes]);
      }),
    );
    assert.equal(formatEscapes(Buffer.from("PING\r\n")), "PING\\r\\n");
  });
});

describe("parseHex", () => {
  for (const text of ["0001ff", "00 01 ff", "00:01:FF"]) {
    it(`reads ${text}`, () => assert.deepEqual(bytesOf(parseHex(text)), [0, 1, 255]));
  }
  for (const text of ["", "0", "0x00", "00 1"]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.ok("problem" in parseHex(text)));
  }
});
