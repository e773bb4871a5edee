import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keysIn } from "../../../src/cli/top/keys.ts";
import { type Effect, type Happening, initialState, step, type TopState } from "../../../src/cli/top/state.ts";
import { backendOf, overviewOf, poolOf, statusOf } from "../remote/figures.ts";

const overview = overviewOf({
  pools: [poolOf("web", [backendOf("b1"), backendOf("b2", { state: "down" }), backendOf("b3")])],
});
const stats: Happening = { kind: "event", event: "stats", data: overview };

interface Session {
  readonly state: TopState;
  readonly effects: readonly Effect[];
}

function after(happenings: readonly Happening[], nowMs = 0, from: TopState = initialState): Session {
  const effects: Effect[] = [];
  let state = from;
  for (const happening of happenings) {
    const next = step(state, happening, nowMs);
    state = next.state;
    if (next.effect !== undefined) effects.push(next.effect);
  }
  return { state, effects };
}

function typed(text: string): Session {
  const keys = keysIn(text).map((key): Happening => ({ kind: "key", key, page: 2 }));
  return after([{ kind: "open" }, stats, ...keys]);
}

const UP = "\u001b[A";
const DOWN = "\u001b[B";

describe("step", () => {
  const moves: readonly (readonly [keys: string, selected: string | undefined])[] = [
    ["", undefined],
    ["j", "web/b1"],
    [`${DOWN}${DOWN}`, "web/b2"],
    ["jjjjj", "web/b3"],
    ["jjk", "web/b1"],
    [`${UP}`, "web/b3"],
    ["kkkkkk", "web/b1"],
    ["G", "web/b3"],
    ["Gg", "web/b1"],
    ["j\u001b[6~", "web/b3"],
    ["G\u001b[5~", "web/b1"],
  ];
  for (const [keys, selected] of moves) {
    it(`selects ${selected ?? "nothing"} after ${JSON.stringify(keys)}`, () => {
      assert.equal(typed(keys).state.selected, selected);
    });
  }

  it("keeps the backend that is selected, wherever it is sorted to", () => {
    const { state } = typed("js");
    assert.deepEqual([state.sort, state.selected], ["state", "web/b1"]);
    assert.equal(typed("sssss").state.sort, "name");
  });

  const asks: readonly (readonly [keys: string, effects: readonly Effect[]])[] = [
    ["d", []],
    ["jd", []],
    ["jdy", [{ kind: "set", wanted: { pool: "web", backend: "b1", state: "drain" } }]],
    ["jdn", []],
    ["jdq", []],
    ["jd\u001b", []],
    ["jjmY", [{ kind: "set", wanted: { pool: "web", backend: "b2", state: "maintenance" } }]],
    ["jr", [{ kind: "set", wanted: { pool: "web", backend: "b1", state: "ready" } }]],
    ["q", [{ kind: "quit" }]],
    ["\u0003", [{ kind: "quit" }]],
    ["/q\u0003", [{ kind: "quit" }]],
    ["?q", [{ kind: "quit" }]],
    ["?x", []],
  ];
  for (const [keys, effects] of asks) {
    it(`wants ${JSON.stringify(effects)} after ${JSON.stringify(keys)}`, () =>
      assert.deepEqual(typed(keys).effects, effects));
  }

  it("asks before it takes a backend out of service", () => {
    assert.deepEqual(typed("jd").state.mode, {
      kind: "confirm",
      wanted: { pool: "web", backend: "b1", state: "drain" },
    });
  });

  const filters: readonly (readonly [keys: string, filter: string, mode: string])[] = [
    ["/do", "do", "filter"],
    ["/dox\u007f", "do", "filter"],
    ["/do\r", "do", "list"],
    ["/do\r/x\u001b", "do", "list"],
    ["/do\r\u001b", "", "list"],
  ];
  for (const [keys, filter, mode] of filters) {
    it(`shows only ${JSON.stringify(filter)} after ${JSON.stringify(keys)}`, () => {
      const { state } = typed(keys);
      assert.deepEqual([state.filter, state.mode.kind], [filter, mode]);
    });
  }

  it("selects among what is shown only", () => assert.equal(typed("/down\rjjj").state.selected, "web/b2"));

  it("remembers since when nobody answers, and that somebody does again", () => {
    const lost: Happening = { kind: "lost", reason: "gone" };
    const { state } = after([{ kind: "open" }, lost], 1_000);
    const later = after([{ kind: "lost", reason: "still gone" }], 9_000, state).state;
    assert.deepEqual(later.connection, { kind: "lost", reason: "still gone", sinceMs: 1_000 });
    assert.deepEqual(after([{ kind: "open" }], 0, later).state.connection, { kind: "live" });
  });

  it("draws the last minute of sessions, from the history on", () => {
    const history: Happening = {
      kind: "event",
      event: "history",
      data: { atMs: [], ends: {}, activeSessions: Array(900).fill(3) },
    };
    const { trend } = after([history, stats]).state;
    assert.deepEqual([trend.length, trend[0], trend.at(-1)], [60, 3, 12]);
  });

  it("knows rates from the second figures on", () => {
    const next = { ...overview, status: statusOf({ at: "2026-11-21T20:00:01.000Z" }) };
    assert.equal(after([stats]).state.rates, undefined);
    assert.notEqual(after([stats, { kind: "event", event: "stats", data: next }]).state.rates, undefined);
  });

  it("tells what has happened, until a key is pressed", () => {
    const down = { event: "down", backend: "web/b2", reason: "probe: refused" };
    const { state } = after([{ kind: "event", event: "backend", data: down }], 500);
    assert.deepEqual(state.notice, { text: "web/b2 down: probe: refused", tone: "bad", untilMs: 6_500 });
    const pressed = after([{ kind: "key", key: { kind: "down" }, page: 1 }], 600, state);
    assert.equal(pressed.state.notice, undefined);
    const told = after([{ kind: "told", text: "web/b1: drain", isGood: true }]).state;
    assert.equal(told.notice?.tone, "good");
    const failed = { result: "failed", error: "bad file", hash: "", at: "" };
    assert.match(after([{ kind: "event", event: "config", data: failed }]).state.notice?.text ?? "", /bad file/);
  });

  it("takes events that it does not know for nothing", () => {
    for (const data of [undefined, null, 3, {}]) {
      assert.deepEqual(after([{ kind: "event", event: "new", data }]).state, initialState);
    }
  });
});
