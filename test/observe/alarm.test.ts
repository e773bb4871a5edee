import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Alarm, createAlarm } from "../../src/observe/alarm.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const INTERVAL_MS = 10_000;

interface World {
  readonly clock: FakeClock;
  readonly alarm: Alarm;
  readonly said: (readonly [key: string, count: number])[];
}

function createWorld(): World {
  const clock = createFakeClock();
  const said: [string, number][] = [];
  return { clock, said, alarm: createAlarm(clock, INTERVAL_MS, (key, count) => said.push([key, count])) };
}

describe("createAlarm", () => {
  it("says at once that something is wrong", () => {
    const { alarm, said } = createWorld();
    alarm.raise("EMFILE");
    assert.deepEqual(said, [["EMFILE", 1]]);
  });

  it("says once per interval how often it was since", () => {
    const { alarm, clock, said } = createWorld();
    for (let times = 0; times < 500; times++) alarm.raise("EMFILE");
    assert.equal(said.length, 1);
    clock.advance(INTERVAL_MS);
    alarm.raise("EMFILE");
    clock.advance(INTERVAL_MS - 1);
    assert.deepEqual(said, [
      ["EMFILE", 1],
      ["EMFILE", 499],
    ]);
    clock.advance(1);
    assert.deepEqual(said[2], ["EMFILE", 1]);
  });

  it("takes what somebody else has counted already", () => {
    const { alarm, clock, said } = createWorld();
    alarm.raise("EMFILE", 7);
    alarm.raise("EMFILE", 3);
    alarm.raise("EMFILE");
    clock.advance(INTERVAL_MS);
    assert.deepEqual(said, [
      ["EMFILE", 7],
      ["EMFILE", 4],
    ]);
  });

  it("is silent when it is over, and at once again when it begins again", () => {
    const { alarm, clock, said } = createWorld();
    alarm.raise("EMFILE");
    clock.advance(INTERVAL_MS);
    assert.equal(clock.pendingTimers, 0);
    clock.advance(1);
    alarm.raise("EMFILE");
    assert.deepEqual(said, [
      ["EMFILE", 1],
      ["EMFILE", 1],
    ]);
  });

  it("tells different things apart", () => {
    const { alarm, said } = createWorld();
    for (const key of ["EMFILE", "EADDRNOTAVAIL", "EMFILE"]) alarm.raise(key);
    assert.deepEqual(said, [
      ["EMFILE", 1],
      ["EADDRNOTAVAIL", 1],
    ]);
  });

  it("remembers so many, and takes the rest together", () => {
    const { alarm, clock, said } = createWorld();
    for (let error = 0; error < 1_000; error++) alarm.raise(`error ${error}`);
    assert.equal(said.length, 65);
    assert.deepEqual(said.at(-1), ["others", 1]);
    clock.advance(INTERVAL_MS);
    assert.deepEqual(said.slice(65), [["others", 935]]);
  });

  it("says the rest when it is closed, and nothing afterwards", () => {
    const { alarm, clock, said } = createWorld();
    for (let times = 0; times < 3; times++) alarm.raise("EMFILE");
    alarm.raise("ENFILE");
    alarm.close();
    alarm.close();
    alarm.raise("EMFILE");
    assert.deepEqual(said.slice(2), [["EMFILE", 2]]);
    assert.equal(clock.pendingTimers, 0);
  });

  it("says in all exactly how often it was raised", () => {
    const steps = fc.array(fc.oneof(fc.constantFrom("a", "b"), fc.integer({ min: 1, max: 15_000 })), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(steps, (history) => {
        const { alarm, clock, said } = createWorld();
        let raised = 0;
        for (const step of history) {
          if (typeof step === "number") clock.advance(step);
          else {
            alarm.raise(step);
            raised++;
          }
        }
        alarm.close();
        assert.equal(
          said.reduce((sum, [, count]) => sum + count, 0),
          raised,
        );
      }),
    );
  });
});
