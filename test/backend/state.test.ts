import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type AdministrativeState,
  administrativeOf,
  administrativeStates,
  type EjectionState,
  ejectionOf,
  ejectionStates,
  FRESH,
  type HealthState,
  healthOf,
  healthStates,
  withAdministrative,
  withEjection,
  withHealth,
} from "../../src/backend/state.ts";

type Fields = readonly [administrative: AdministrativeState, health: HealthState, ejection: EjectionState];

const all: readonly Fields[] = administrativeStates.flatMap((administrative) =>
  healthStates.flatMap((health) => ejectionStates.map((ejection): Fields => [administrative, health, ejection])),
);

function pack([administrative, health, ejection]: Fields): number {
  return withEjection(withHealth(withAdministrative(FRESH, administrative), health), ejection);
}

function unpack(word: number): Fields {
  return [administrativeOf(word), healthOf(word), ejectionOf(word)];
}

describe("the state word", () => {
  it("is ready, unknown and in when it is fresh", () => {
    assert.deepEqual(unpack(FRESH), ["ready", "unknown", "in"]);
  });

  it("gives back every combination, each as a word of its own", () => {
    for (const fields of all) assert.deepEqual(unpack(pack(fields)), fields);
    assert.equal(new Set(all.map(pack)).size, all.length);
  });

  it("changes one field and leaves the others", () => {
    for (const fields of all) {
      const [administrative, health, ejection] = fields;
      const word = pack(fields);
      for (const state of administrativeStates) {
        assert.deepEqual(unpack(withAdministrative(word, state)), [state, health, ejection]);
      }
      for (const state of healthStates)
        assert.deepEqual(unpack(withHealth(word, state)), [administrative, state, ejection]);
      for (const state of ejectionStates) {
        assert.deepEqual(unpack(withEjection(word, state)), [administrative, health, state]);
      }
    }
  });
});
