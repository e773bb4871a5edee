import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createMaglevTable, MAGLEV_SLOTS, slotOf } from "../../src/balance/maglev.ts";
import type { Member } from "../../src/balance/policy.ts";
import { seededRandom } from "../support/random.ts";
import { createBackends, repeat, sum } from "./backends.ts";

const weight = fc.integer({ min: 1, max: 256 });
const fewWeights = fc.constantFrom(1, 2, 256);

function slotsOf(members: readonly Member[]): number[] {
  const counts = new Map<number, number>();
  for (const owner of createMaglevTable(members)) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  assert.equal(sum(counts.values()), MAGLEV_SLOTS);
  return members.map(({ id }) => counts.get(id) ?? 0);
}

/** Of the slots that `leaver` did not own, the part that has another owner once it is gone. */
function movedRatio(members: readonly Member[], leaver: Member): number {
  const before = createMaglevTable(members);
  const after = createMaglevTable(members.filter((member) => member !== leaver));
  const others = before.reduce((count, owner) => count + (owner === leaver.id ? 0 : 1), 0);
  const moved = before.reduce(
    (count, owner, slot) => count + (owner !== leaver.id && owner !== after[slot] ? 1 : 0),
    0,
  );
  return moved / others;
}

describe("createMaglevTable", () => {
  it("is empty without members", () => assert.equal(createMaglevTable([]).length, 0));

  it("gives equal members the same number of slots, but for one", () => {
    for (const count of [1, 2, 3, 7, 50, 1_000]) {
      const slots = slotsOf(createBackends(repeat(3, count)).members);
      assert.ok(Math.max(...slots) - Math.min(...slots) <= 1, `${count} members`);
    }
  });

  it("gives slots by weight, within 2 %", () => {
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 20 }), (weights) => {
        slotsOf(createBackends(weights).members).forEach((slots, index) => {
          const due = (MAGLEV_SLOTS * (weights[index] ?? 0)) / sum(weights);
          // One more for the round that the end of the table cuts short.
          assert.ok(Math.abs(slots - due) <= 0.02 * due + 1, `${slots} slots instead of ${due}`);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("gives the same keys the same slots, whatever their order and ids", () => {
    fc.assert(
      fc.property(fc.array(fewWeights, { minLength: 1, maxLength: 20 }), fc.integer(), (weights, seed) => {
        const { members } = createBackends(weights);
        const random = seededRandom(seed);
        const shuffled = members
          .map((member) => ({ member, place: random() }))
          .sort((one, other) => one.place - other.place)
          .map(({ member }, index) => ({ ...member, id: 100 + index }));
        const keyOf = new Map([...members, ...shuffled].map(({ id, key }) => [id, key]));
        const keys = (table: Int32Array): (string | undefined)[] => Array.from(table, (owner) => keyOf.get(owner));
        assert.deepEqual(keys(createMaglevTable(shuffled)), keys(createMaglevTable(members)));
      }),
      { numRuns: 10 },
    );
  });

  it("moves at most 2/n of the slots of the others when one of n leaves", () => {
    const random = seededRandom(1);
    for (let count = 2; count <= 50; count++) {
      const { members } = createBackends(repeat(1, count));
      const leaver = members[Math.floor(random() * count)];
      assert.ok(leaver);
      const moved = movedRatio(members, leaver);
      assert.ok(moved <= 2 / count, `${moved} with ${count} members`);
    }
  });

  it("moves at most 2/n of the slots of the others when one of n with weights leaves", () => {
    const random = seededRandom(2);
    for (let count = 2; count <= 50; count++) {
      const weights = Array.from({ length: count }, () => 1 + Math.floor(random() * 256));
      const { members } = createBackends(weights);
      const heaviest = members.find((member) => member.weight === Math.max(...weights));
      for (const leaver of [members[Math.floor(random() * count)], heaviest]) {
        assert.ok(leaver);
        const moved = movedRatio(members, leaver);
        assert.ok(moved <= 2 / count, `${moved} with weights ${weights.join()} when ${leaver.key} leaves`);
      }
    }
  });

  it("gives a slot to each of a thousand members beside one of 256 times their weight", () => {
    const slots = slotsOf(createBackends([256, ...repeat(1, 1_000)]).members);
    assert.ok(slots.every((count) => count > 0));
  });
});

describe("slotOf", () => {
  it("takes any hash, signed or not, to a slot", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (hash) => {
        const slot = slotOf(hash);
        assert.ok(Number.isInteger(slot) && slot >= 0 && slot < MAGLEV_SLOTS);
        assert.equal(slot, slotOf(hash >>> 0));
      }),
    );
  });
});
