import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Health, type HealthRule, isChanging, observeProbe, UNKNOWN_HEALTH } from "../../src/backend/health.ts";

const RULE: HealthRule = { rise: 2, fall: 3 };

/** `+` for a success, `-` for a failure, `!` for a success while nobody else serves. */
function after(results: string, rule: HealthRule = RULE): Health {
  return results
    .split("")
    .reduce((health, result) => observeProbe(health, result !== "-", rule, result !== "!"), UNKNOWN_HEALTH);
}

describe("observeProbe", () => {
  const cases: readonly (readonly [results: string, state: Health["state"], why: string])[] = [
    ["", "unknown", "nothing is known at the start"],
    ["+", "up", "the first result decides"],
    ["-", "down", "the first result decides"],
    ["+--", "up", "fewer than fall"],
    ["+---", "down", "fall failures in a row"],
    ["+--+--", "up", "a success between them counts the failures anew"],
    ["-+", "down", "fewer than rise"],
    ["-++", "up", "rise successes in a row"],
    ["-+-+", "down", "a failure between them counts the successes anew"],
    ["-!", "up", "the first success counts while nobody else serves"],
    ["--+-!", "up", "the same after others that did not"],
    ["+---++", "up", "down and up again"],
  ];
  for (const [results, state, why] of cases) {
    it(`gives ${state} after "${results}": ${why}`, () => assert.equal(after(results).state, state));
  }

  it("turns on a single result where rise and fall are 1", () => {
    const rule = { rise: 1, fall: 1 };
    assert.equal(after("+-", rule).state, "down");
    assert.equal(after("+-+", rule).state, "up");
  });

  it("turns after exactly so many contradictions in a row, whatever came before", () => {
    const rules = fc.record({ rise: fc.integer({ min: 1, max: 9 }), fall: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(rules, fc.array(fc.boolean(), { minLength: 1, maxLength: 80 }), (rule, results) => {
        let state: Health["state"] = results[0] === true ? "up" : "down";
        let run = 0;
        let health = UNKNOWN_HEALTH;
        for (const result of results) {
          health = observeProbe(health, result, rule, true);
          run = result === (state === "up") ? 0 : run + 1;
          if (run === (state === "up" ? rule.fall : rule.rise)) {
            state = result ? "up" : "down";
            run = 0;
          }
          assert.equal(health.state, state);
          assert.equal(isChanging(health), run > 0);
        }
      }),
    );
  });
});

describe("isChanging", () => {
  const cases: readonly (readonly [results: string, changing: boolean, why: string])[] = [
    ["", true, "nothing is known yet"],
    ["+", false, "results and state agree"],
    ["+-", true, "a result speaks against the state"],
    ["+-+", false, "they agree again"],
    ["-+", true, "a success speaks against down"],
    ["-++", false, "it has come up"],
    ["+---", false, "it has gone down"],
  ];
  for (const [results, changing, why] of cases) {
    it(`is ${changing} after "${results}": ${why}`, () => assert.equal(isChanging(after(results)), changing));
  }
});
