import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "../../src/admin/answers.ts";
import { limitOf, pageOf } from "../../src/admin/paging.ts";

const ALL = Array.from({ length: 250 }, (_, index) => index);

describe("pageOf", () => {
  it("has a hundred items unless asked for more or fewer", () => {
    assert.equal(pageOf(ALL, new Map()).items.length, 100);
    assert.equal(pageOf(ALL, new Map([["limit", "1000"]])).items.length, 250);
  });

  it("leads through all, each once, and ends", () => {
    const seen: number[] = [];
    let cursor: string | null = "0";
    while (cursor !== null) {
      const page: Page<number> = pageOf(
        ALL,
        new Map([
          ["cursor", cursor],
          ["limit", "125"],
        ]),
      );
      seen.push(...page.items);
      ({ cursor } = page);
    }
    assert.deepEqual(seen, ALL);
  });

  it("refuses what it has never said", () => {
    for (const cursor of ["-1", "x", "1e3", ""]) {
      assert.throws(() => pageOf(ALL, new Map([["cursor", cursor]])), { code: "LB_CONFIG" }, cursor);
    }
    for (const limit of ["0", "1001", "x", "", "1.5", "-1", "99999"]) {
      assert.throws(() => limitOf(new Map([["limit", limit]])), { code: "LB_CONFIG" }, limit);
    }
  });
});
