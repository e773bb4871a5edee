import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withHealth } from "../../src/backend/state.ts";
import { NO_LIMIT } from "../../src/backend/table.ts";
import { Consequences, type ConsequencesPool } from "../../src/control/consequences.ts";
import { createTestSurroundings, type TestSurroundings } from "./test-surroundings.ts";

interface World {
  readonly surroundings: TestSurroundings;
  readonly consequences: Consequences;
  readonly config: { -readonly [Key in keyof ConsequencesPool["config"]]: ConsequencesPool["config"][Key] };
  readonly turn: (row: number, health: "up" | "down") => void;
  readonly said: () => string[];
}

/** Rows 0, 1 and 2, and two backups, 3 and 4. A session on each of `busy`. */
function createWorld(options: Partial<ConsequencesPool["config"]>, busy: readonly number[] = [0, 1, 2, 3, 4]): World {
  const surroundings = createTestSurroundings();
  const { table, log } = surroundings;
  for (const row of [0, 1, 2, 3, 4]) table.open(row, 1, NO_LIMIT);
  for (const row of busy) table.admit(row);
  const config: World["config"] = { panicBelow: undefined, onDown: "keep", onUp: "keep", ...options };
  const pool: ConsequencesPool = { name: "web", config, rows: (backup) => (backup ? [3, 4] : [0, 1, 2]) };
  return {
    surroundings,
    consequences: new Consequences(pool, surroundings),
    config,
    turn: (row, health) => void table.changeState(row, (word) => withHealth(word, health)),
    said: () => log.lines.map(({ message }) => message),
  };
}

describe("a backend that is down", () => {
  it("keeps its sessions, or loses them: again with each probe that says so, while it has some", () => {
    const { surroundings, consequences, config } = createWorld({ onDown: "keep" });
    consequences.down(1);
    assert.deepEqual(surroundings.evicted, []);
    config.onDown = "close";
    consequences.down(1);
    consequences.down(1);
    surroundings.table.release(1);
    consequences.down(1);
    assert.deepEqual(surroundings.evicted, ["backend-down: 1", "backend-down: 1"]);
  });
});

describe("a backend that serves again", () => {
  it("takes the sessions of backups over, where it is told to and those have some", () => {
    const { surroundings, consequences, config } = createWorld({}, [0, 4]);
    consequences.returned();
    config.onUp = "close-backups";
    consequences.returned();
    surroundings.table.release(4);
    consequences.returned();
    assert.deepEqual(surroundings.evicted, ["rebalanced: 4"]);
  });

  it("takes none while nobody but backups can serve", () => {
    const { surroundings, consequences, turn } = createWorld({ onUp: "close-backups" });
    for (const row of [0, 1, 2]) turn(row, "down");
    consequences.returned();
    assert.deepEqual(surroundings.evicted, []);
  });
});

describe("a panic", () => {
  it("is said once when it begins and once when it ends", () => {
    const { surroundings, consequences, turn, said } = createWorld({ panicBelow: 0.5 });
    consequences.look();
    turn(0, "down");
    turn(1, "down");
    consequences.look();
    assert.deepEqual([said(), consequences.isPanic], [[], false]);
    turn(3, "down");
    consequences.look();
    turn(4, "down");
    consequences.look();
    assert.equal(consequences.isPanic, true);
    for (const row of [0, 1, 3]) turn(row, "up");
    consequences.look();
    consequences.look();
    assert.deepEqual(said(), [
      "Pool web ignores health and ejection: 2 of 5 addresses are healthy, fewer than 50%",
      "Pool web goes by health again: 4 of 5 addresses are healthy",
    ]);
    assert.deepEqual(
      surroundings.log.lines.map(({ event, level, fields }) => [event, level, fields["healthy"], fields["ready"]]),
      [
        ["panic", "warn", 2, 5],
        ["panic-over", "info", 4, 5],
      ],
    );
  });

  it("closes nothing: nobody's word about health is believed", () => {
    const { surroundings, consequences, turn } = createWorld({
      panicBelow: 0.9,
      onDown: "close",
      onUp: "close-backups",
    });
    turn(0, "down");
    consequences.look();
    consequences.down(0);
    consequences.returned();
    assert.deepEqual(surroundings.evicted, []);
  });

  it("sends the sessions of backups home when it ends, as far as others serve", () => {
    const { surroundings, consequences, turn } = createWorld({ panicBelow: 0.9, onUp: "close-backups" });
    turn(0, "down");
    consequences.look();
    turn(0, "up");
    consequences.look();
    assert.deepEqual(surroundings.evicted, ["rebalanced: 3,4"]);
  });

  it("ends when it is switched off", () => {
    const { consequences, config, turn, said } = createWorld({ panicBelow: 0.9 });
    turn(0, "down");
    consequences.look();
    config.panicBelow = undefined;
    consequences.look();
    assert.equal(consequences.isPanic, false);
    assert.equal(said().length, 2);
  });
});
