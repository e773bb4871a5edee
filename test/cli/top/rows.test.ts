import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ratesBetween } from "../../../src/cli/top/rates.ts";
import { type SortOrder, shownRows } from "../../../src/cli/top/rows.ts";
import { backendOf, overviewOf, poolOf, statusOf } from "../remote/figures.ts";

function overviewAt(at: string, factor: number): ReturnType<typeof overviewOf> {
  return overviewOf({
    status: statusOf({ at }),
    pools: [
      poolOf("web", [
        backendOf("b10", { active: 1, sessions: 5 * factor, bytesUp: 10 * factor }),
        backendOf("b2", { active: 7, sessions: factor, bytesDown: 90 * factor, state: "down" }),
      ]),
      poolOf("db", [backendOf("main", { active: 3, sessions: 9 * factor, state: "drain" })]),
    ],
  });
}

const before = overviewAt("2026-11-21T20:00:00.000Z", 1);
const overview = overviewAt("2026-11-21T20:00:01.000Z", 2);
const rates = ratesBetween(before, overview);
const names = (sort: SortOrder, filter = ""): readonly string[] =>
  shownRows({ overview, rates, sort, filter }).map(({ identity }) => identity);

describe("shownRows", () => {
  const orders: readonly (readonly [sort: SortOrder, names: readonly string[]])[] = [
    ["name", ["db/main", "web/b2", "web/b10"]],
    ["state", ["web/b2", "db/main", "web/b10"]],
    ["sessions", ["web/b2", "db/main", "web/b10"]],
    ["rate", ["db/main", "web/b10", "web/b2"]],
    ["bytes", ["web/b2", "web/b10", "db/main"]],
  ];
  for (const [sort, expected] of orders) it(`sorts by ${sort}`, () => assert.deepEqual(names(sort), expected));

  it("shows what has a text in its name or its state", () => {
    assert.deepEqual(names("name", "WEB/"), ["web/b2", "web/b10"]);
    assert.deepEqual(names("name", "down"), ["web/b2"]);
    assert.deepEqual(names("name", "x"), []);
  });

  it("shows nothing before anything is known", () => {
    assert.deepEqual(shownRows({ overview: undefined, rates: undefined, sort: "rate", filter: "" }), []);
  });
});
