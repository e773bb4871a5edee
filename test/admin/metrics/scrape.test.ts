import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scrapeOf } from "../../../src/admin/metrics/scrape.ts";
import { ZERO_LANE } from "../../../src/session/lane-counts.ts";
import { backendOf, listenerOf, poolOf, statsOf } from "./figures.ts";

const stats = statsOf({
  listeners: [
    listenerOf({
      name: "in",
      pools: [
        { pool: null, ...ZERO_LANE },
        { pool: "web", ...ZERO_LANE },
      ],
    }),
  ],
  pools: [poolOf({ name: "web", backends: [backendOf({ name: "a" }), backendOf({ name: "b" })] })],
});

describe("scrapeOf", () => {
  it("names everything by its configured names; who went to no pool has an empty one", () => {
    const { listeners, lanes, pools, backends } = scrapeOf(stats);
    const labels = [listeners, lanes, pools, backends].map((all) => all.map((each) => each.labels));
    assert.deepEqual(labels, [
      ['listener="in"'],
      ['listener="in",pool=""', 'listener="in",pool="web"'],
      ['pool="web"'],
      ['pool="web",backend="a"', 'pool="web",backend="b"'],
    ]);
  });
});
