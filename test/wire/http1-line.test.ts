import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findMethodEnd, judgeLine, skipEmptyLines } from "../../src/wire/http1-line.ts";
import { bytesOf } from "./http1-seeds.ts";

describe("skipEmptyLines", () => {
  it("finds the first byte that is no end of line", () => {
    assert.deepEqual(
      ["", "\r\n", "\n\r\nGET", "GET"].map((text) => skipEmptyLines(bytesOf(text))),
      [0, 2, 3, 0],
    );
  });
});

describe("findMethodEnd", () => {
  it("finds the blank, or says that it has not come, or that it can't", () => {
    const texts = ["GET ", "GET\t", "G", "", "GET\r", " ", "\0", `${"M".repeat(32)} `, "M".repeat(33)];
    assert.deepEqual(
      texts.map((text) => findMethodEnd(bytesOf(text), 0)),
      [3, 3, -1, -1, -2, -2, -2, 32, -2],
    );
  });
});

describe("judgeLine", () => {
  for (const [verdict, texts] of [
    ["line", ["GET / HTTP/1.1\r\n", "get x HTTP/9\n", "A\tb \t HTTP/\n", "GET /\0 HTTP/1.1\n"]],
    ["more", ["GET", "GET ", "GET /", "GET / ", "GET / HTT", "GET / HTTP/1.1", "GET /\r", "GET / \r", "PRI * "]],
    ["simple", ["GET /\n", "POST / \r\n", "PUT  /a\r\r\n", "GET http://a\n", "CONNECT a:1\n", "OPTIONS *\n"]],
    [
      "no",
      [
        "get /key\n",
        "CONNECT {}\n",
        "GET key\n",
        "GET \n",
        "GET /\x01",
        "GET / X",
        "GET / HTTP\n",
        "GET / H\rX",
        "PRI * H",
        "PRI * HTTP/1.1\n",
      ],
    ],
  ] as const) {
    for (const text of texts) {
      it(`says ${verdict} to ${JSON.stringify(text)}`, () => {
        assert.equal(judgeLine(bytesOf(text), 0, text.indexOf("\n"), 0), verdict);
      });
    }
  }
});
