import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { accessLine } from "../../src/observe/access.ts";
import { prettyLine } from "../../src/observe/pretty.ts";
import type { SessionRecord } from "../../src/session/record.ts";
import { hostileRecord, hostileText, plainRecord } from "./records.ts";

const WALL_MS = 1_795_230_307_123;

function prettySession(changes: Partial<SessionRecord>): string {
  return prettyLine(accessLine({ ...plainRecord, ...changes }, WALL_MS), { color: false });
}

const ESCAPE = "\u001b";
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

const ownSequences = new RegExp(`${ESCAPE}\\[(?:2|3[1-6])m(.*?)${ESCAPE}\\[0m`, "g");

function assertHarmless(json: string): void {
  const plain = prettyLine(json, { color: false });
  assert.ok(plain.endsWith("\n"));
  assert.doesNotMatch(plain.slice(0, -1), unsafe);
  // With colours, the only control sequences are our own, which come in pairs.
  const painted = prettyLine(json, { color: true });
  assert.equal(painted.replaceAll(ownSequences, "$1"), plain);
}

describe("prettyLine", () => {
  const sessions: [situation: string, changes: Partial<SessionRecord>, expected: string][] = [
    [
      "a relayed session",
      {},
      "03:05:07.123Z INFO  192.0.2.7:51234 → default/a (10.1.2.3:8080) ↑1.2KiB ↓3.4MiB 1.3s client-finished\n",
    ],
    [
      "a backend that is called by its address",
      { backend: "default/10.1.2.3:8080" },
      "03:05:07.123Z INFO  192.0.2.7:51234 → default/10.1.2.3:8080 ↑1.2KiB ↓3.4MiB 1.3s client-finished\n",
    ],
    [
      "failed dials",
      {
        failed: [
          { backend: "default/b", error: "ECONNREFUSED" },
          { backend: "default/c", error: "timeout" },
        ],
      },
      "03:05:07.123Z INFO  192.0.2.7:51234 → default/a (10.1.2.3:8080) ↑1.2KiB ↓3.4MiB 1.3s client-finished " +
        "default/b: ECONNREFUSED default/c: timeout\n",
    ],
    [
      "no backend",
      { backend: null, backendAddress: null, bytesUp: 0, bytesDown: 0, durationMs: 2.34, end: "no-backend" },
      "03:05:07.123Z WARN  192.0.2.7:51234 → default ↑0B ↓0B 2.3ms no-backend\n",
    ],
    [
      "no pool, and an error",
      { pool: null, backend: null, backendAddress: null, durationMs: 86_400_000, end: "internal", error: "a bug" },
      "03:05:07.123Z ERROR 192.0.2.7:51234 → - ↑1.2KiB ↓3.4MiB 24h0m internal a bug\n",
    ],
    [
      "a request",
      { method: "GET", host: "example.com", path: "/a b", status: 404, bytesUp: 1023, bytesDown: 1024 },
      "03:05:07.123Z INFO  192.0.2.7:51234 → default/a (10.1.2.3:8080) GET example.com/a b 404 ↑1023B ↓1.0KiB 1.3s client-finished\n",
    ],
    [
      "a TLS name",
      { sni: "example.com", durationMs: 61_000 },
      "03:05:07.123Z INFO  192.0.2.7:51234 → default/a (10.1.2.3:8080) example.com ↑1.2KiB ↓3.4MiB 1m1s client-finished\n",
    ],
  ];
  for (const [situation, changes, expected] of sessions) {
    it(`lays out ${situation}`, () => assert.equal(prettySession(changes), expected));
  }

  it("lays out other events as message and key=value", () => {
    const line = {
      level: "warn",
      time: "2026-11-21T03:05:07.123Z",
      event: "down",
      backend: "web/a",
      reason: "connect ECONNREFUSED",
      address: null,
      empty: "",
      failures: 3,
      of: { a: [1] },
      message: "Backend web/a is down",
    };
    assert.equal(
      prettyLine(`${JSON.stringify(line)}\n`, { color: false }),
      '03:05:07.123Z WARN  Backend web/a is down backend=web/a reason="connect ECONNREFUSED" empty="" failures=3 of={"a":[1]}\n',
    );
  });

  it("shows units without a step back between them", () => {
    const shown = (bytesUp: number, durationMs: number) => prettySession({ bytesUp, durationMs }).split(" ").slice(-4);
    assert.deepEqual(shown(1024 ** 2 - 1, 999.6).slice(0, 3), ["↑1.0MiB", "↓3.4MiB", "1.0s"]);
    assert.deepEqual(shown(1024 ** 5 * 5000, 59_999).slice(0, 3), ["↑5000.0PiB", "↓3.4MiB", "1m0s"]);
    assert.deepEqual(shown(5, 9.96).slice(0, 3), ["↑5B", "↓3.4MiB", "10ms"]);
  });

  it("colours the level and the end, and nothing without being asked", () => {
    const painted = prettyLine(accessLine(plainRecord, WALL_MS), { color: true });
    assert.ok(painted.includes("\u001b[32mINFO \u001b[0m"));
    assert.ok(painted.includes("\u001b[32mclient-finished\u001b[0m"));
    assert.equal(stripVTControlCharacters(painted), prettySession({}));
  });

  it("passes on what is no JSON object", () => {
    for (const text of ["", "hello", "{", "3", "null", "[1]", '"text"']) {
      assert.equal(prettyLine(`${text}\n`, { color: true }), `${text}\n`);
      assert.equal(prettyLine(text, { color: true }), `${text}\n`);
    }
  });

  it("lets no control character through from a session", () => {
    fc.assert(fc.property(hostileRecord, (record) => assertHarmless(accessLine(record, WALL_MS))));
  });

  it("lets no control character through from any text or JSON, and never throws", () => {
    const key = fc.oneof(hostileText, fc.constantFrom("time", "level", "event", "message", "failed", "bytesUp", "end"));
    const value = fc.oneof(fc.constant("session"), hostileText, fc.jsonValue());
    fc.assert(fc.property(hostileText, assertHarmless));
    fc.assert(fc.property(fc.dictionary(key, value), (fields) => assertHarmless(JSON.stringify(fields))));
    for (const level of ["constructor", "__proto__", "toString"]) assertHarmless(JSON.stringify({ level }));
    assertHarmless(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`);
  });
});
