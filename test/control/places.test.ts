import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Places } from "../../src/control/places.ts";

const NOBODY = Number.POSITIVE_INFINITY;

/** What `places` frees when asked. */
function freed(places: Places, acknowledgedVersion: number, nowMs: number, oldestAtMs: number): string[] {
  const keys: string[] = [];
  places.reclaim({ acknowledgedVersion, nowMs, oldestAtMs }, (key) => keys.push(key));
  return keys;
}

describe("Places", () => {
  it("gives each key a place of its own, and the same one again", () => {
    const places = new Places(3);
    assert.deepEqual([places.take("a"), places.take("b"), places.take("a")], [0, 1, 0]);
    assert.deepEqual([places.placeOf("b"), places.placeOf("c"), places.spare], [1, undefined, 1]);
  });

  it("gives nothing where all are taken", () => {
    const places = new Places(1);
    places.take("a");
    assert.equal(places.take("b"), undefined);
    assert.equal(places.spare, 0);
  });

  it("keeps a place that was given up for its key", () => {
    const places = new Places(1);
    places.take("a");
    places.retire("a", 2);
    assert.deepEqual([...places.keys()], ["a"]);
    assert.deepEqual([places.take("b"), places.take("a")], [undefined, 0]);
    assert.deepEqual(freed(places, 9, 100, NOBODY), [], "it is in use again");
  });

  it("frees it once every data plane runs without it, and the sessions from before have ended", () => {
    const places = new Places(1);
    places.take("a");
    places.retire("a", 2);
    assert.deepEqual(freed(places, 1, 100, NOBODY), [], "not acknowledged");
    assert.deepEqual(freed(places, 2, 200, 150), [], "a session may know it");
    assert.deepEqual(freed(places, 2, 300, 200), [], "one that came at the very moment, too");
    assert.deepEqual(freed(places, 2, 400, 201), ["a"]);
    assert.equal(places.take("b"), 0);
  });

  it("does nothing for a key that has none", () => {
    const places = new Places(1);
    places.retire("a", 1);
    assert.deepEqual([...places.keys()], []);
  });
});
