import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { poolSchema } from "../../src/config/pool-schema.ts";
import { schemaProblems } from "../../src/config/schema-problems.ts";

function problem(options: object): string {
  const { error } = poolSchema.safeParse({ backends: [], ...options });
  return error === undefined
    ? ""
    : schemaProblems(error, "pool")
        .map(({ path, message }) => `${path}: ${message}`)
        .join();
}

describe("what health does, in the options of a pool", () => {
  it("is nothing unless it is asked for", () => {
    const { slowStart, panicBelow, onDown, onUp, onDrain } = poolSchema.parse({ backends: [] });
    const none = { slowStart: undefined, panicBelow: undefined, onDown: "keep", onUp: "keep", onDrain: undefined };
    assert.deepEqual({ slowStart, panicBelow, onDown, onUp, onDrain }, none);
  });

  it("can be switched off in words", () => {
    const off = { slowStart: "off", panicBelow: "off", onDown: "keep", onUp: "keep", onDrain: "keep" };
    assert.deepEqual(poolSchema.parse({ backends: [], ...off }), poolSchema.parse({ backends: [] }));
  });

  it("starts slowly from a tenth", () => {
    const { slowStart } = poolSchema.parse({ backends: [], slowStart: { overMs: 30_000 } });
    assert.deepEqual(slowStart, { overMs: 30_000, from: 0.1 });
  });

  it("says what was expected", () => {
    const cases: [options: object, problem: string][] = [
      [{ slowStart: 30 }, 'pool.slowStart: got 30, expected an object with overMs and from, or "off"'],
      [{ slowStart: { overMs: 30_000, from: 10 } }, "pool.slowStart.from: got 10, expected a number from 0 to 1"],
      [{ panicBelow: 30 }, 'pool.panicBelow: got 30, expected a number from 0 to 1, or "off"'],
      [{ onDown: "reset" }, 'pool.onDown: got "reset", expected one of "keep", "close"'],
      [{ onUp: "close" }, 'pool.onUp: got "close", expected one of "keep", "close-backups"'],
      [{ onDrain: "off" }, 'pool.onDrain: got "off", expected an object with afterMs, or "keep"'],
    ];
    for (const [options, message] of cases) assert.equal(problem(options), message);
  });
});
