import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { accessLevel, accessLine, isAccessLogged, isProgressLogged } from "../../src/observe/access.ts";
import { endReasons, isOrderly } from "../../src/session/end.ts";
import { hostileRecord, plainRecord } from "./records.ts";

const WALL_MS = 1_795_230_307_123;

// interface.md, "The access line": an API, so it is written out.
const KEYS = [
  ..."time level event id listener local client peer pool backend backendAddress attempts failed protocol host".split(
    " ",
  ),
  ..."method path sni alpn tlvs status peekMs queueMs dialMs firstByteMs durationMs bytesUp bytesDown end error".split(
    " ",
  ),
  ..."active worker".split(" "),
];

describe("accessLine", () => {
  it("is the record as one line of JSON, with the keys of the interface in their order", () => {
    const line = accessLine(plainRecord, WALL_MS);
    const parsed = JSON.parse(line);
    assert.deepEqual(Object.keys(parsed), KEYS);
    assert.deepEqual(parsed, { time: "2026-11-21T03:05:07.123Z", level: "info", event: "session", ...plainRecord });
    assert.equal(line.indexOf("\n"), line.length - 1);
  });

  it("says what JSON.stringify says, whatever the strings and numbers", () => {
    fc.assert(
      fc.property(hostileRecord, (record) => {
        const line = accessLine(record, WALL_MS);
        const start = { time: "2026-11-21T03:05:07.123Z", level: accessLevel(record.end), event: "session" };
        assert.equal(line, `${JSON.stringify({ ...start, ...record })}\n`);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the line of a session that goes on", () => {
  it("has the same keys, and no end yet", () => {
    const parsed = JSON.parse(accessLine({ ...plainRecord, end: null }, WALL_MS));
    assert.deepEqual(Object.keys(parsed), KEYS);
    assert.deepEqual([parsed.event, parsed.level, parsed.end, parsed.bytesUp], ["progress", "info", null, 1_234]);
  });

  it("is written where every session has one, and the level lets info through", () => {
    assert.equal(isProgressLogged("all", "info"), true);
    assert.equal(isProgressLogged("all", "warn"), false);
    assert.equal(isProgressLogged("errors", "debug"), false);
    assert.equal(isProgressLogged("off", "debug"), false);
  });
});

describe("accessLevel", () => {
  it("is info for orderly ends, error where lb-tcp or its machine is to blame, warn otherwise", () => {
    for (const end of endReasons) {
      const isOurs = ["internal", "local-resource", "worker-failed"].includes(end);
      assert.equal(accessLevel(end), isOrderly(end) ? "info" : isOurs ? "error" : "warn");
    }
  });
});

describe("isAccessLogged", () => {
  const cases = [
    { access: "all", level: "info", logged: ["client-finished", "backend-reset", "internal"] },
    { access: "all", level: "debug", logged: ["client-finished", "backend-reset", "internal"] },
    { access: "all", level: "warn", logged: ["backend-reset", "internal"] },
    { access: "all", level: "error", logged: ["internal"] },
    { access: "all", level: "silent", logged: [] },
    { access: "errors", level: "info", logged: ["backend-reset", "internal"] },
    { access: "off", level: "trace", logged: [] },
  ] as const;
  for (const { access, level, logged } of cases) {
    it(`keeps ${logged.join(", ") || "nothing"} with access ${access} and level ${level}`, () => {
      const ends = (["client-finished", "backend-reset", "internal"] as const).filter((end) =>
        isAccessLogged(end, access, level),
      );
      assert.deepEqual(ends, logged);
    });
  }
});
