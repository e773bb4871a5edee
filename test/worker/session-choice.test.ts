import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chosenBy } from "../../src/worker/session-choice.ts";
import { listenerSnapshot } from "../support/snapshots.ts";

const SESSIONS = [
  { number: 1, backendRow: -1, listener: listenerSnapshot({ slot: 0 }) },
  { number: 2, backendRow: 4, listener: listenerSnapshot({ slot: 1 }) },
  { number: 3, backendRow: 5, listener: listenerSnapshot({ slot: 0 }) },
];

describe("chosenBy", () => {
  for (const [which, numbers] of [
    [{ kind: "all" }, [1, 2, 3]],
    [{ kind: "rows", rows: [4, 5] }, [2, 3]],
    [{ kind: "rows", rows: [] }, []],
    [{ kind: "evicted", rows: [5] }, [3]],
    [{ kind: "number", number: 3 }, [3]],
    [{ kind: "listener", slot: 0 }, [1, 3]],
  ] as const) {
    it(`chooses ${numbers.join(", ") || "none"} for ${JSON.stringify(which)}`, () => {
      assert.deepEqual(
        SESSIONS.filter(chosenBy(which)).map(({ number }) => number),
        numbers,
      );
    });
  }
});
