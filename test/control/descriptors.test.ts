import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { descriptorLimit } from "../../src/control/descriptors.ts";

/** What /proc/self/limits says, with that limit. */
function limits(soft: string): () => string {
  return () =>
    "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max processes             63451                63451                processes \n" +
    `Max open files            ${soft.padEnd(20)} 1048576              files     \n`;
}

describe("descriptorLimit", () => {
  const cases: readonly (readonly [soft: string, limit: number])[] = [
    ["1024", 1_024],
    ["0", 0],
    ["1073741824", 2 ** 30],
    ["unlimited", Number.POSITIVE_INFINITY],
    ["many", 10_240],
  ];
  for (const [soft, limit] of cases) {
    it(`is ${limit} where the soft limit is "${soft}"`, () => assert.equal(descriptorLimit(limits(soft)), limit));
  }

  it("is a guess where the file says nothing of it, or can't be read", () => {
    assert.equal(
      descriptorLimit(() => "garbage"),
      10_240,
    );
    assert.equal(
      descriptorLimit(() => {
        throw new Error("ENOENT");
      }),
      10_240,
    );
  });

  it("reads this process's own", { skip: existsSync("/proc/self/limits") ? false : "no /proc" }, () => {
    assert.ok(descriptorLimit() >= 64);
  });
});
