import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chosenBy } from "../../src/worker/session-choice.ts";

const SESSIONS = [
  { number: 1, backendRow: -1 },
  { number: 2, backendRow: 4 },
  { number: 3, backendRow: 5 },
];

describe("chosenBy", () => {
  for (const [which, numbers] of [
    [{ kind: "all" }, [1, 2, 3]],
    [{ kind: "rows", rows: [4, 5] }, [2, 3]],
    [{ kind: "rows", rows: [] }, []],
    [{ kind: "number", number: 3 }, [3]],
  ] as const) {
    it(`chooses ${numbers.join(", ") || "none"} for ${JSON.stringify(which)}`, () => {
      assert.deepEqual(
        SESSIONS.filter(chosenBy(which)).map(({ number }) => number),
        numbers,
      );
    });
  }
});
