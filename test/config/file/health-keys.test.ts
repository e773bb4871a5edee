import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { healthWords } from "../../../src/config/file/health-keys.ts";
import type { PoolOptions } from "../../../src/config/options.ts";
import { resolve } from "../../../src/config/resolve.ts";
import { optionsIn, poolFile, problemsIn } from "./texts.ts";

function pool(keys: string): Partial<PoolOptions> {
  const { backends: _, ...rest } = optionsIn(poolFile(`backends: [], ${keys}`)).pools["web"] ?? { backends: [] };
  return rest;
}

function words(keys: string): ReturnType<typeof healthWords> {
  const { listeners, pools } = optionsIn(poolFile(`backends: [], ${keys}`));
  const [web] = resolve({ listeners, pools }).pools;
  assert.ok(web !== undefined);
  return healthWords(web);
}

describe("what health does, in a file", () => {
  const read: [keys: string, options: Partial<PoolOptions>][] = [
    ["slow-start: 30s", { slowStart: { overMs: 30_000 } }],
    ["slow-start: { over: 1m }", { slowStart: { overMs: 60_000 } }],
    ["slow-start: { over: 1m, from: 50% }", { slowStart: { overMs: 60_000, from: 0.5 } }],
    ["slow-start: off", { slowStart: "off" }],
    ["panic-below: 30%", { panicBelow: 0.3 }],
    ["panic-below: off", { panicBelow: "off" }],
    ["panic-below: false", { panicBelow: "off" }],
    ["on-down: close", { onDown: "close" }],
    ["on-up: close-backups", { onUp: "close-backups" }],
    ["on-drain: { after: 30s }", { onDrain: { afterMs: 30_000 } }],
    ["on-drain: { after: 0s }", { onDrain: { afterMs: 0 } }],
    ["on-drain: keep", { onDrain: "keep" }],
  ];
  for (const [keys, options] of read) it(`has ${keys}`, () => assert.deepEqual(pool(keys), options));

  const refused: [keys: string, problem: string][] = [
    ["slow-start: 30", '"30" has no unit; write 30s or 30m'],
    ["slow-start: {}", "missing, expected a duration such as 5s or 1m30s"],
    ["slow-start: { over: 30s, from: 0.1 }", 'got "0.1", expected a percentage from 0% to 100%'],
    ["panic-below: 30", 'got "30", expected a percentage from 0% to 100%'],
    ["on-down: closed", 'got "closed", expected keep or close; did you mean close?'],
    ["on-up: close", 'got "close", expected keep or close-backups'],
    ["on-drain: 30s", 'got "30s", expected keep'],
  ];
  for (const [keys, message] of refused) {
    it(`refuses ${keys}`, () => {
      const [problem = ""] = problemsIn(poolFile(`backends: [], ${keys}`));
      assert.ok(problem.endsWith(message), problem);
    });
  }

  it("is written back as it was read", () => {
    const all =
      "slow-start: { over: 30s, from: 20% }, panic-below: 30%, on-down: close, on-up: close-backups, on-drain: { after: 30s }";
    const expected = {
      "slow-start": { over: "30s", from: "20%" },
      "panic-below": "30%",
      "on-down": "close",
      "on-up": "close-backups",
      "on-drain": { after: "30s" },
    };
    assert.deepEqual(words(all), expected);
    const flow = JSON.stringify(words(all)).slice(1, -1);
    assert.deepEqual(words(flow), expected);
  });

  it("is written back where it is off", () => {
    assert.deepEqual(words("attempts: 1"), {
      "slow-start": "off",
      "panic-below": "off",
      "on-down": "keep",
      "on-up": "keep",
      "on-drain": "keep",
    });
  });
});
