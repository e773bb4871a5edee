import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { paintLine } from "../../../src/cli/text/line.ts";
import { headLines, NO_TREND, sparkline } from "../../../src/cli/top/head.ts";
import { initialState } from "../../../src/cli/top/state.ts";
import { overviewOf, poolOf, statusOf } from "../remote/figures.ts";

function lines(overview: ReturnType<typeof overviewOf>): readonly string[] {
  const state = { ...initialState, connection: { kind: "live" } as const, overview };
  return headLines(state, overview, 0, "127.0.0.1:8901", NO_TREND).map((line) => paintLine(line, "none"));
}

const [worker] = statusOf().workers;
assert.ok(worker);

describe("headLines", () => {
  it("shows how even the workers' sessions are", () => {
    const workersWith = (...active: readonly number[]): string => {
      const workers = active.map((each, at) => ({ ...worker, worker: at, active: each }));
      return lines(overviewOf({ status: statusOf({ workers }) }))[0] ?? "";
    };
    assert.match(workersWith(3), /linux, 1 worker {2}/);
    assert.match(workersWith(3, 4, 5), /linux, 3 workers 3\/4\/5 {2}/);
    assert.match(workersWith(3, 9, 5, 4, 7), /linux, 5 workers 3-9 {2}/);
  });

  it("says how many wait in queues", () => {
    const queued = overviewOf({
      pools: [poolOf("web", [], { queueLength: 1_200 }), poolOf("db", [], { queueLength: 1 })],
    });
    assert.match(lines(queued).at(-1) ?? "", / {2}1,201 queued$/);
  });

  it("says that nothing has ended yet", () => assert.equal(lines(overviewOf())[2], "no session ended in 15m"));
});

describe("sparkline", () => {
  it("draws the highest figure full, and nothing but zeros flat", () => {
    assert.deepEqual([sparkline([0, 1, 4, 8]), sparkline([0, 0]), sparkline([])], ["▁▂▅█", "▁▁", ""]);
  });
});
