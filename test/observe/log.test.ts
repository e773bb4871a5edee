import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogLevel } from "../../src/config/options.ts";
import { LbError } from "../../src/errors.ts";
import { createLog, type Log, silentLog } from "../../src/observe/log.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function createFixture(level: LogLevel = "info"): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const clock = createFakeClock({ wallMs: 1_795_230_307_123 });
  return { log: createLog({ config: { level }, clock, write: (line) => lines.push(line) }), lines };
}

function parse(line: string | undefined): Record<string, unknown> {
  return JSON.parse(line ?? "");
}

describe("createLog", () => {
  it("writes one line of JSON with level, time, event, the fields and the message", () => {
    const { log, lines } = createFixture();
    log.info("listening", { address: "0.0.0.0:80", workers: 4 }, "Listening on 0.0.0.0:80");
    assert.deepEqual(lines, [
      '{"level":"info","time":"2026-11-21T03:05:07.123Z","event":"listening","address":"0.0.0.0:80","workers":4,' +
        '"message":"Listening on 0.0.0.0:80"}\n',
    ]);
  });

  it("writes what the level lets through, under the method's own level", () => {
    const expected: Record<LogLevel, string[]> = {
      trace: ["debug", "info", "warn", "error"],
      debug: ["debug", "info", "warn", "error"],
      info: ["info", "warn", "error"],
      warn: ["warn", "error"],
      error: ["error"],
      silent: [],
    };
    for (const level of ["trace", "debug", "info", "warn", "error", "silent"] as const) {
      const { log, lines } = createFixture(level);
      const levels = ["debug", "info", "warn", "error"] as const;
      for (const method of levels) log[method]("x", {}, "text");
      assert.deepEqual(
        lines.map((line) => parse(line)["level"]),
        expected[level],
      );
      assert.deepEqual(
        levels.filter((method) => log.isLevelEnabled(method)),
        expected[level],
      );
      assert.equal(log.isLevelEnabled("silent"), false);
    }
  });

  it("obeys another level as soon as it is set", () => {
    const lines: string[] = [];
    const log = createLog({ config: { level: "info" }, clock: createFakeClock(), write: (line) => lines.push(line) });
    assert.equal(log.level, "info");
    log.level = "debug";
    log.debug("x", { error: new Error("with its stack") }, "text");
    log.level = "silent";
    log.error("x", {}, "text");
    assert.deepEqual([log.level, lines.length], ["silent", 1]);
    assert.match(String(parse(lines[0])["error"]), /with its stack\n +at /);
  });

  it("writes an Error as its message and code, without a stack", () => {
    const { log, lines } = createFixture();
    const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:80"), { code: "ECONNREFUSED" });
    const error = new LbError("LB_LISTEN", "no luck", { cause: refused });
    log.error("fatal", { error }, "It failed");
    assert.equal(parse(lines[0])["error"], "LB_LISTEN: no luck; caused by: connect ECONNREFUSED 10.0.0.1:80");
    assert.ok(!lines.join("").includes("log.test"));
  });

  it("writes an Error with its stack at debug and trace", () => {
    for (const level of ["debug", "trace"] as const) {
      const { log, lines } = createFixture(level);
      log.error("fatal", { error: new Error("outer", { cause: new Error("inner") }) }, "It failed");
      assert.match(
        String(parse(lines[0])["error"]),
        /Error: outer\n.*log\.test.*caused by: Error: inner\n.*log\.test/s,
      );
    }
  });

  it("survives causes in a circle and values that JSON has no word for", () => {
    const { log, lines } = createFixture();
    const circle: { self?: unknown; name: string } = { name: "circle" };
    circle.self = circle;
    const error = new Error("round");
    error.cause = error;
    log.warn("odd", { error, circle, big: 10n, missing: undefined, "key\n\u001b": "\u001b[31m" }, "Odd\nthings");
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.indexOf("\n"), (lines[0]?.length ?? 0) - 1);
    const fields = parse(lines[0]);
    assert.equal(fields["big"], 10);
    assert.equal(fields["message"], "Odd\nthings");
    assert.match(String(fields["error"]), /^round(; caused by: round)+$/);
  });
});

describe("silentLog", () => {
  it("has no level enabled", () => {
    silentLog.error("fatal", {}, "It failed");
    assert.equal(silentLog.isLevelEnabled("error"), false);
  });
});
