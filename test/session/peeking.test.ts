import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { PeekSnapshot } from "../../src/session/context.ts";
import { type Look, Peeking } from "../../src/session/peeking.ts";
import { nodeHello } from "../wire/captured-hellos.ts";

const rule = (change: Partial<PeekSnapshot> = {}): PeekSnapshot => ({
  as: "auto",
  timeoutMs: 3_000,
  byteCount: 16_384,
  strict: true,
  ...change,
});
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** What is said in the end of bytes that come in pieces: asked again only when it has asked for that many. */
function lookInPieces(bytes: Uint8Array, cuts: readonly number[], as: PeekSnapshot["as"] = "auto"): Look {
  const peeking = new Peeking(rule({ as }), 0);
  let look: Look = { kind: "more", beyondBytes: 0 };
  for (const cut of [...cuts, bytes.length]) {
    if (look.kind !== "more" || cut <= look.beyondBytes) continue;
    look = peeking.look(bytes.subarray(0, cut), false);
  }
  return look;
}

function protocolOf(look: Look): string {
  return look.kind === "sight" ? look.protocol : look.kind;
}

describe("Peeking", () => {
  for (const [what, bytes, protocols] of [
    ["a request", Buffer.from(GET), { auto: "http", http: "http", tls: "other" }],
    ["the preface of HTTP/2", Buffer.from(PREFACE), { auto: "h2", http: "h2", tls: "other" }],
    ["a ClientHello", nodeHello.bytes, { auto: "tls", http: "other", tls: "tls" }],
    ["Redis", Buffer.from("*1\r\n$4\r\nPING\r\n"), { auto: "other", http: "other", tls: "other" }],
    ["an inline command", Buffer.from("PING\r\n"), { auto: "other", http: "other", tls: "other" }],
  ] as const) {
    it(`knows ${what}, however it is split`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom("auto" as const, "http" as const, "tls" as const),
          fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }),
          (as, cuts) => {
            const sorted = [...cuts].sort((one, other) => one - other);
            assert.equal(protocolOf(lookInPieces(bytes, sorted, as)), protocols[as]);
          },
        ),
        { numRuns: 300 },
      );
    });
  }

  it("never asks for more than it may look at", () => {
    const peeking = new Peeking(rule({ byteCount: 256 }), 0);
    const look = peeking.look(nodeHello.bytes.subarray(0, 100), false);
    assert.deepEqual(look, { kind: "more", beyondBytes: 255 });
    assert.equal(protocolOf(peeking.look(nodeHello.bytes.subarray(0, 256), false)), "other");
  });

  it("refuses a head that is too large, and nothing else that is", () => {
    for (const [start, expected] of [
      ["GET / HTTP/1.1\r\nCookie: ", "refusal"],
      ["GET", "other"],
    ] as const) {
      const peeking = new Peeking(rule({ byteCount: 256 }), 0);
      assert.equal(protocolOf(peeking.look(Buffer.from(start.padEnd(300, "x")), false)), expected);
    }
  });

  it("says by when it must be over, and what then", () => {
    const peeking = new Peeking(rule(), 100);
    assert.equal(peeking.dueMs, 3_100);
    assert.deepEqual([peeking.isSilent, protocolOf(peeking.lookLate())], [true, "silent"]);
    peeking.look(Buffer.from("GET"), false);
    assert.deepEqual([peeking.isSilent, protocolOf(peeking.lookLate())], [false, "other"]);
    peeking.look(Buffer.from("GET "), false);
    const late = peeking.lookLate();
    assert.ok(late.kind === "refusal");
    assert.deepEqual([late.status, late.end], [408, "peek-timeout"]);
  });

  it("never takes the beginning of HTTP/2 for a request", () => {
    const peeking = new Peeking(rule(), 0);
    peeking.look(Buffer.from(PREFACE.slice(0, 10)), false);
    assert.equal(protocolOf(peeking.lookLate()), "other");
  });

  it("takes a FIN for the end", () => {
    assert.equal(protocolOf(new Peeking(rule(), 0).look(new Uint8Array(0), true)), "silent");
    assert.equal(protocolOf(new Peeking(rule(), 0).look(Buffer.from("GE"), true)), "other");
    assert.equal(protocolOf(new Peeking(rule(), 0).look(Buffer.from("GET /"), true)), "refusal");
    assert.equal(protocolOf(new Peeking(rule(), 0).look(Buffer.from(GET), true)), "http");
  });
});
