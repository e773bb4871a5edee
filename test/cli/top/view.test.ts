import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { lineLength, paintLine, paintLines } from "../../../src/cli/text/line.ts";
import { keysIn } from "../../../src/cli/top/keys.ts";
import { type Happening, initialState, step, type TopState } from "../../../src/cli/top/state.ts";
import { blockLines, pageRows, screenLines } from "../../../src/cli/top/view.ts";
import {
  backendOf,
  endpointOf,
  listenerOf,
  overrideOf,
  overviewOf,
  poolOf,
  statusOf,
  timesOf,
} from "../remote/figures.ts";

const PLACE = "127.0.0.1:8901";
const HISTORY = {
  atMs: [1, 2, 3, 4, 5, 6],
  activeSessions: [1, 2, 3, 8, 12, 10],
  ends: { drained: [0, 0, 0, 0, 0, 1] },
};

function overviewAt(at: string, factor: number, more = 0): ReturnType<typeof overviewOf> {
  const down = endpointOf("10.0.0.3:8080", { state: "down", lastProbe: "refused: nobody listens on that port" });
  return overviewOf({
    status: statusOf({ at }),
    listeners: [
      listenerOf("web", {
        active: 12,
        ends: { "client-finished": 100 * factor, "dial-failed": 3 * factor },
        bytesUp: 1e5 * factor,
        bytesDown: 3e7 * factor,
      }),
      listenerOf("db", { addresses: ["127.0.0.1:5432"] }),
    ],
    pools: [
      poolOf(
        "web",
        [
          backendOf("b1", { active: 8, sessions: 70 * factor, bytesUp: 7e4 * factor, bytesDown: 2e7 * factor }),
          backendOf("b2", { state: "drain", active: 4, override: overrideOf("web", "b2", { state: "drain" }) }),
          backendOf("b3", { state: "down", addresses: [down] }),
          ...Array.from({ length: more }, (_, at_) => backendOf(`more${at_}`)),
        ],
        { histograms: { ...poolOf("x", []).histograms, dial: timesOf(100 * factor, 1.2) } },
      ),
      poolOf("db", [backendOf("replica", { backup: true })]),
    ],
    overrides: [overrideOf("web", "b2", { state: "drain" })],
  });
}

function stateAfter(keys: string, more = 0, happenings: readonly Happening[] = []): TopState {
  const all: readonly Happening[] = [
    { kind: "open" },
    { kind: "event", event: "history", data: HISTORY },
    { kind: "event", event: "stats", data: overviewAt("2026-11-21T20:00:00.000Z", 1, more) },
    { kind: "event", event: "stats", data: overviewAt("2026-11-21T20:00:01.000Z", 2, more) },
    ...keysIn(keys).map((key): Happening => ({ kind: "key", key, page: 5 })),
    ...happenings,
  ];
  return all.reduce((state, happening) => step(state, happening, 1_000).state, initialState);
}

function screen(state: TopState, columns = 80, rows = 24, nowMs = 1_000): readonly string[] {
  return screenLines(state, { columns, rows }, nowMs, PLACE).map((line) => paintLine(line, "none"));
}

describe("screenLines", () => {
  it("shows the process, its listeners and its backends in 80 columns and 24 rows", () => {
    assert.deepEqual(screen(stateAfter("jjjj")), [
      "lb-tcp 0.1.0  running 3h12m  linux, 2 workers 6/6  127.0.0.1:8901",
      "sessions 12 of 9,930  ended 103/s  failed 3.0/s  up 97.7 KiB/s  down 28.6 MiB/s",
      "ends in 15m  client-finished 96%  dial-failed 3%  drained <1%",
      "config 3f9a2b11 for 3m1s  1 override",
      "",
      "LISTENER  ADDRESS         POOL  SESSIONS  ENDED/S  FAILED/S      UP/S    DOWN/S",
      "web       127.0.0.1:80    web         12      103       3.0  97.7 KiB  28.6 MiB",
      "db        127.0.0.1:5432  db           0        0         0       0 B       0 B",
      "",
      "BACKEND↑             STATE  SESSIONS  /S      UP/S    DOWN/S  REASON",
      "db/replica (backup)  ready         0   0       0 B       0 B",
      "web/b1               ready         8  70  68.4 KiB  19.1 MiB",
      "web/b2               drain         4   0       0 B       0 B  drain by token 3m…",
      "web/b3               down          0   0       0 B       0 B  probe: refused: n…",
      ...Array<string>(8).fill(""),
      "web/b3 10.0.0.3:8080: probe: refused: nobody listens on that port",
      "q quit  s sort: name  / filter  d drain  m maintenance  r ready  ? help",
    ]);
  });

  it("has room for more in 120 columns", () => {
    const lines = screen(stateAfter(""), 120, 16);
    assert.match(lines[1] ?? "", / {2}▂▂▃▆█▇██$/);
    assert.match(lines[9] ?? "", /^BACKEND↑ +STATE {2}WEIGHT {2}SESSIONS {2}\/S +UP\/S +DOWN\/S +DIAL {2}REASON$/);
    assert.match(lines[11] ?? "", /^web\/b1 +ready .* 1\.2ms$/);
  });

  it("fills any size exactly, whatever it shows", () => {
    const sizes = fc.record({ columns: fc.integer({ min: 1, max: 140 }), rows: fc.integer({ min: 1, max: 60 }) });
    const keys = fc.constantFrom("", "jj", "G", "jd", "?", "/x", "sG");
    fc.assert(
      fc.property(sizes, keys, fc.nat({ max: 40 }), (size, typed, more) => {
        const lines = screenLines(stateAfter(typed, more), size, 1_000, PLACE);
        assert.equal(lines.length, size.rows);
        for (const line of lines) assert.ok(lineLength(line) <= size.columns);
      }),
    );
  });

  it("keeps the backend that is selected in sight", () => {
    for (const keys of ["g", "G", "jjjjjjjjjjjjjjjjjjjj"]) {
      const state = stateAfter(keys, 100);
      const selected = screenLines(state, { columns: 80, rows: 24 }, 1_000, PLACE).filter((line) =>
        line.some(({ tone }) => tone === "selected"),
      );
      assert.equal(selected.length, 1);
      assert.match(paintLine(selected[0] ?? [], "none"), new RegExp(`^${state.selected}`));
    }
  });

  it("asks before a drain, and says how many sessions there are", () => {
    assert.equal(screen(stateAfter("jjd")).at(-1), "Put web/b1 into drain? It has 8 sessions. y/n");
  });

  it("shows what is typed for a filter, and what is left of it", () => {
    const lines = screen(stateAfter("/down"));
    assert.match(lines.at(-1) ?? "", /^\/down█/);
    assert.equal(lines.filter((line) => line.startsWith("web/")).length, 1);
    assert.ok(screen(stateAfter("/nothing")).includes('no backend has "nothing"'));
    assert.match(screen(stateAfter("/b1\r"), 110).at(-1) ?? "", /showing "b1"$/);
  });

  it("explains its keys", () => {
    const text = screen(stateAfter("?")).join("\n");
    for (const word of ["drain the selected backend", "FAILED/S", "Any key leads back."])
      assert.ok(text.includes(word));
  });

  it("says that the connection was lost, since when and why", () => {
    const state = stateAfter("", 0, [{ kind: "lost", reason: "it closed the connection" }]);
    assert.equal(
      screen(state, 120, 24, 6_000)[0],
      "lb-tcp 127.0.0.1:8901: connection lost 5s ago (it closed the connection), trying again; what is shown is from before",
    );
    assert.equal(screen(initialState)[0], "lb-tcp 127.0.0.1:8901: connecting");
  });

  it("tells what has happened for some seconds", () => {
    const state = stateAfter("", 0, [{ kind: "told", text: "web/b1: drain", isGood: true }]);
    assert.equal(screen(state, 80, 24, 6_999).at(-1), "web/b1: drain");
    assert.match(screen(state, 80, 24, 7_000).at(-1) ?? "", /^q quit/);
  });

  it("shows what is wrong with the process", () => {
    const { config, workers } = statusOf();
    const status = statusOf({
      ready: false,
      acceptPaused: true,
      logLinesDropped: 3,
      config: { ...config, lastError: "lb.yaml:3:1 bad" },
      workers: workers.map((worker) => ({ ...worker, restarts: 1, loopLagMs: 250 })),
    });
    const state = stateAfter("", 0, [{ kind: "event", event: "stats", data: overviewOf({ status }) }]);
    const [first = "", , , third = ""] = screen(state, 200);
    assert.match(first, /running 3h12m, not ready/);
    for (const word of [
      "last reload failed: lb.yaml:3:1 bad",
      "full",
      "2 workers restarted",
      "lag 250ms",
      "3 log lines lost",
    ]) {
      assert.ok(third.includes(word), third);
    }
  });
});

describe("blockLines", () => {
  it("is all of it as plain lines", () => {
    const text = paintLines(blockLines(stateAfter("", 100), 1_000, PLACE), "none");
    assert.equal(text.match(/^web\/more/gm)?.length, 100);
    assert.match(text, /^web\/b3 .* probe: refused: nobody listens on that port$/m);
    assert.doesNotMatch(text, /[▁-█]|q quit/);
    assert.deepEqual(blockLines(initialState, 0, PLACE), []);
  });
});

describe("pageRows", () => {
  it("is half a screen", () =>
    assert.deepEqual([pageRows({ columns: 80, rows: 24 }), pageRows({ columns: 80, rows: 1 })], [12, 1]));
});
