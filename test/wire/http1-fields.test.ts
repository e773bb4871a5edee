import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bodyLengthOf, readHttp1Fields } from "../../src/wire/http1-fields.ts";
import { FoundShapes, type SmugglingShape } from "../../src/wire/smuggling.ts";
import { bytesOf } from "./http1-seeds.ts";

function fieldsOf(text: string): { headers: (readonly [string, string])[]; shapes: SmugglingShape[] } {
  const shapes = new FoundShapes();
  const bytes = bytesOf(`${text}rest`);
  const headers = readHttp1Fields(bytes, 0, text.length, shapes).map(({ name, value }) => [name, value] as const);
  return { headers, shapes: [...shapes.all] };
}

describe("readHttp1Fields", () => {
  it("reads names in lower case and values without the blanks around them", () => {
    assert.deepEqual(fieldsOf("A-b:c\r\nD: \t e f \t\r\ng:\r\n"), {
      headers: [
        ["a-b", "c"],
        ["d", "e f"],
        ["g", ""],
      ],
      shapes: [],
    });
  });

  it("reads on after a line that is none", () => {
    const { headers, shapes } = fieldsOf("a b\r\n c: d\r\n:e\r\nf:g\nh : i\r\n");
    assert.deepEqual(headers, [
      ["f", "g"],
      ["h", "i"],
    ]);
    assert.deepEqual(shapes.sort(), ["bare-lf", "malformed", "space-before-colon"]);
  });

  it("leaves the going on of a folded line out", () => {
    assert.deepEqual(fieldsOf("a: b\r\n c: d\r\n"), { headers: [["a", "b"]], shapes: ["folded-header"] });
  });

  it("reads no more than 256", () => {
    assert.equal(fieldsOf("a:b\r\n".repeat(256)).shapes.length, 0);
    const { headers, shapes } = fieldsOf("a:b\r\n".repeat(3_000));
    assert.deepEqual([headers.length, shapes], [256, ["malformed"]]);
  });
});

describe("bodyLengthOf", () => {
  const chunked = { kind: "chunked" };
  for (const [text, expected] of [
    ["", { kind: "none" }],
    ["content-length:0\r\n", { kind: "bytes", byteCount: 0 }],
    ["content-length:0042\r\n", { kind: "bytes", byteCount: 42 }],
    ["transfer-encoding:Chunked\r\n", chunked],
    ["transfer-encoding:gzip , chunked\r\n", chunked],
    ["transfer-encoding:gzip\r\ntransfer-encoding:chunked\r\n", chunked],
    ["content-length:1\r\ntransfer-encoding:chunked\r\n", chunked],
    ["content-length:\r\n", undefined],
    ["content-length:-1\r\n", undefined],
    ["content-length:0x1\r\n", undefined],
    ["content-length:1 1\r\n", undefined],
    ["content-length:1\r\ncontent-length:1\r\n", undefined],
    ["transfer-encoding:\r\n", undefined],
    ["transfer-encoding:identity\r\n", undefined],
    ["transfer-encoding:chunked, identity\r\n", undefined],
    ["transfer-encoding:chunked;a=b\r\n", undefined],
    ['transfer-encoding:"chunked"\r\n', undefined],
    ["transfer-encoding:\x0bchunked\r\n", undefined],
  ] as const) {
    it(`is ${JSON.stringify(expected)} with ${JSON.stringify(text)}`, () => {
      const bytes = bytesOf(text);
      assert.deepEqual(bodyLengthOf(readHttp1Fields(bytes, 0, bytes.length, new FoundShapes()), "1.1"), expected);
    });
  }

  it("knows no codings in HTTP/1.0", () => {
    assert.equal(bodyLengthOf([{ name: "transfer-encoding", value: "chunked" }], "1.0"), undefined);
  });
});
