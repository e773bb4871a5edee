import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { farewellOf, lastWords, unservedFarewell } from "../../src/session/answering.ts";

describe("farewellOf", () => {
  it("gives a status to HTTP only", () => {
    assert.equal(farewellOf(403, "http"), 403);
    for (const protocol of ["h2", "tls", "other", "silent", undefined] as const) {
      assert.equal(farewellOf(403, protocol), "close");
    }
  });

  it("closes and resets whatever is spoken", () => {
    for (const protocol of ["http", "other"] as const) {
      assert.deepEqual([farewellOf("close", protocol), farewellOf("reset", protocol)], ["close", "reset"]);
    }
  });
});

describe("unservedFarewell", () => {
  it("is an answer for HTTP, no byte for HTTP/2, and otherwise a reset", () => {
    const protocols = ["http", "h2", "tls", "other", "silent", undefined] as const;
    assert.deepEqual(protocols.map(unservedFarewell), [503, "close", "reset", "reset", "reset", "reset"]);
  });
});

describe("lastWords", () => {
  it("are none where the client is only closed", () => {
    assert.equal(lastWords("close", "no-route", undefined).length, 0);
  });

  it("say why, and when to come back where that may help", () => {
    const text = Buffer.from(lastWords(503, "no-backend", undefined)).toString();
    assert.match(text, /^HTTP\/1\.1 503 /);
    assert.match(text, /\r\nRetry-After: 5\r\n/);
    assert.match(text, /\r\n\r\nService not available: no backend can take the request\n$/);
    assert.doesNotMatch(Buffer.from(lastWords(404, "no-route", undefined)).toString(), /Retry-After/);
  });
});
