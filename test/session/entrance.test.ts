import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createClientMemory } from "../../src/session/client-table.ts";
import { type AccessSnapshot, Entrance } from "../../src/session/entrance.ts";

const NOW_MS = 5_000;

function entranceWith(access: Partial<AccessSnapshot>, before?: Entrance): Entrance {
  return new Entrance({ access: { allow: undefined, deny: [], ...access }, perClient: undefined }, 0, before);
}

function isLetIn(entrance: Entrance, ip: string): boolean {
  return entrance.admit(ip, NOW_MS) !== "denied";
}

describe("Entrance", () => {
  it("lets everybody in where nothing is said", () => {
    const entrance = new Entrance({ access: undefined, perClient: undefined }, 0);
    assert.deepEqual([entrance.isOpen, isLetIn(entrance, "192.0.2.1")], [true, true]);
    assert.equal(entranceWith({}).isOpen, true);
  });

  it("denies by address and by network, of both families", () => {
    const entrance = entranceWith({ deny: ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7"] });
    const denied = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8:1::1", "198.51.100.7"];
    for (const ip of denied) assert.equal(isLetIn(entrance, ip), false, ip);
    for (const ip of ["192.0.3.1", "2001:db9::1", "198.51.100.8"]) assert.equal(isLetIn(entrance, ip), true, ip);
    assert.equal(entrance.isOpen, false);
  });

  it("lets only those in who are allowed, where there is a list, and nobody where it is empty", () => {
    const entrance = entranceWith({ allow: ["10.0.0.0/8"] });
    assert.deepEqual([isLetIn(entrance, "10.1.2.3"), isLetIn(entrance, "11.0.0.1")], [true, false]);
    assert.equal(isLetIn(entranceWith({ allow: [] }), "10.1.2.3"), false);
  });

  it("denies whoever is in both lists", () => {
    const entrance = entranceWith({ allow: ["10.0.0.0/8"], deny: ["10.1.0.0/16"] });
    assert.deepEqual([isLetIn(entrance, "10.2.0.1"), isLetIn(entrance, "10.1.0.1")], [true, false]);
  });

  it("asks nobody who has no address: a client of a unix socket", () => {
    assert.equal(isLetIn(entranceWith({ allow: ["10.0.0.0/8"] }), ""), true);
  });

  it("takes over from the one before what has not changed, and nothing else", () => {
    const before = entranceWith({ allow: ["10.0.0.0/8"], deny: ["10.1.0.0/16"] });
    const after = entranceWith({ allow: ["10.0.0.0/8"], deny: ["10.2.0.0/16"] }, before);
    assert.deepEqual(
      [isLetIn(after, "10.1.0.1"), isLetIn(after, "10.2.0.1"), isLetIn(after, "11.0.0.1")],
      [true, false, false],
    );
    const open = new Entrance({ access: undefined, perClient: undefined }, 0, after);
    assert.equal(open.isOpen, true);
  });

  it("says why a client is one too many, and counts it until it leaves", () => {
    const perClient = {
      id: 4,
      memory: createClientMemory(100, 7),
      maxConnections: 1,
      ratePerSecond: 1,
      burst: 2,
      ipv6Prefix: 64,
    };
    const entrance = new Entrance({ access: { allow: undefined, deny: ["192.0.2.9"] }, perClient }, 0);
    assert.equal(entrance.tableId, 4);
    const place = entrance.admit("192.0.2.1", NOW_MS);
    assert.equal(entrance.admit("192.0.2.1", NOW_MS), "over-limit");
    assert.ok(typeof place === "number");
    entrance.leave(place);
    assert.equal(entrance.admit("192.0.2.1", NOW_MS), place);
    entrance.leave(place);
    assert.equal(entrance.admit("192.0.2.1", NOW_MS), "rate-limited");
    assert.equal(entrance.admit("192.0.2.9", NOW_MS), "denied");
    assert.equal(entrance.wasCoarse, false);
  });
});
