import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { handleSignals } from "../../src/cli/signals.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

interface Fixture {
  readonly source: EventEmitter;
  readonly clock: FakeClock;
  readonly actions: string[];
  readonly remove: () => void;
}

function start(): Fixture {
  const source = new EventEmitter();
  const clock = createFakeClock();
  const actions: string[] = [];
  const remove = handleSignals(source, clock, {
    stop: () => actions.push("stop"),
    stopAtOnce: () => actions.push("stop at once"),
    drain: () => actions.push("drain"),
    reopenLog: () => actions.push("reopen log"),
    reload: () => actions.push("reload"),
  });
  return { source, clock, actions, remove };
}

describe("handleSignals", () => {
  const meanings: readonly (readonly [signal: NodeJS.Signals, action: string])[] = [
    ["SIGTERM", "stop"],
    ["SIGINT", "stop"],
    ["SIGUSR1", "drain"],
    ["SIGUSR2", "reopen log"],
    ["SIGHUP", "reload"],
  ];
  for (const [signal, action] of meanings) {
    it(`takes ${signal} for: ${action}`, () => {
      const { source, actions } = start();
      source.emit(signal);
      assert.deepEqual(actions, [action]);
    });
  }

  it("stops at once at a second signal, and at each that follows", () => {
    const { source, clock, actions } = start();
    for (const signal of ["SIGTERM", "SIGTERM", "SIGINT"]) {
      source.emit(signal);
      clock.advance(100);
    }
    assert.deepEqual(actions, ["stop", "stop at once", "stop at once"]);
  });

  it("takes the same signal within 100 ms for an echo: npm passes on the Ctrl+C that the terminal sent already", () => {
    const { source, clock, actions } = start();
    source.emit("SIGINT");
    source.emit("SIGINT");
    clock.advance(99);
    source.emit("SIGINT");
    assert.deepEqual(actions, ["stop"]);
    clock.advance(1);
    source.emit("SIGINT");
    assert.deepEqual(actions, ["stop", "stop at once"]);
  });

  it("takes another signal for what it is at any time", () => {
    const { source, actions } = start();
    source.emit("SIGINT");
    source.emit("SIGTERM");
    assert.deepEqual(actions, ["stop", "stop at once"]);
  });

  it("takes a SIGTERM after a drain for the first", () => {
    const { source, clock, actions } = start();
    source.emit("SIGUSR1");
    clock.advance(1_000);
    source.emit("SIGTERM");
    assert.deepEqual(actions, ["drain", "stop"]);
  });

  it("leaves nothing behind", () => {
    const { source, actions, remove } = start();
    remove();
    assert.deepEqual(source.eventNames(), []);
    source.emit("SIGTERM");
    assert.deepEqual(actions, []);
  });
});
