import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chosenBy } from "../../src/worker/session-choice.ts";
import { listenerSnapshot } from "../support/snapshots.ts";

const SESSIONS = [
  { number: 1, backendRow: -1, clientIp: "192.0.2.1", listener: listenerSnapshot({ slot: 0 }) },
  { number: 2, backendRow: 4, clientIp: "192.0.2.1", listener: listenerSnapshot({ slot: 1 }) },
  { number: 3, backendRow: 5, clientIp: "2001:db8::1", listener: listenerSnapshot({ slot: 0 }) },
];
const ANY = { kind: "filtered", number: undefined, slots: undefined, rows: undefined, clientIp: undefined } as const;

describe("chosenBy", () => {
  for (const [which, numbers] of [
    [{ kind: "all" }, [1, 2, 3]],
    [{ kind: "rows", rows: [4, 5] }, [2, 3]],
    [{ kind: "rows", rows: [] }, []],
    [{ kind: "evicted", rows: [5] }, [3]],
    [ANY, [1, 2, 3]],
    [{ ...ANY, number: 3 }, [3]],
    [{ ...ANY, slots: [0] }, [1, 3]],
    [{ ...ANY, rows: [4, 5], clientIp: "192.0.2.1" }, [2]],
    [{ ...ANY, slots: [0], rows: [4] }, []],
    [{ ...ANY, slots: [] }, []],
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
