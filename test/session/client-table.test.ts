import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OVER_LIMIT } from "../../src/session/client-places.ts";
import {
  ClientTable,
  type ClientTableSnapshot,
  createClientMemory,
  UNCOUNTED,
} from "../../src/session/client-table.ts";

const NOW_MS = 5_000;

function createTable(clients: number, change: Partial<ClientTableSnapshot> = {}): ClientTable {
  const snapshot = {
    id: 1,
    memory: createClientMemory(clients, 7),
    maxConnections: 1,
    ratePerSecond: Number.POSITIVE_INFINITY,
    burst: 1,
    ipv6Prefix: 64,
    ...change,
  };
  return new ClientTable(snapshot, 0);
}

describe("ClientTable", () => {
  it("counts an IPv4 address as one client, however it is written", () => {
    const table = createTable(100);
    const place = table.enter("192.0.2.1", NOW_MS);
    assert.equal(table.enter("::ffff:192.0.2.1", NOW_MS), OVER_LIMIT);
    assert.ok(table.enter("192.0.2.2", NOW_MS) >= 0);
    table.leave(place);
    assert.equal(table.enter("192.0.2.1", NOW_MS), place);
  });

  it("counts an IPv6 prefix as one client", () => {
    const table = createTable(100);
    assert.ok(table.enter("2001:db8:0:1::1", NOW_MS) >= 0);
    assert.equal(table.enter("2001:db8:0:1:ffff::2", NOW_MS), OVER_LIMIT);
    assert.ok(table.enter("2001:db8:0:2::1", NOW_MS) >= 0);
  });

  it("counts nobody who has no address", () => {
    const table = createTable(100);
    assert.deepEqual([table.enter("", NOW_MS), table.enter("", NOW_MS)], [UNCOUNTED, UNCOUNTED]);
    table.leave(UNCOUNTED);
  });

  it("counts those without a place by their network of 24 bits, and says so", () => {
    const table = createTable(2);
    for (const ip of ["192.0.2.1", "192.0.2.2"]) assert.ok(table.enter(ip, NOW_MS) >= 0);
    assert.equal(table.wasCoarse, false);
    const place = table.enter("198.51.100.1", NOW_MS);
    assert.deepEqual([place >= 0, table.wasCoarse, table.count(place)], [true, true, 1]);
    assert.equal(table.enter("198.51.100.2", NOW_MS), OVER_LIMIT, "a neighbour");
    assert.ok(table.enter("198.51.101.1", NOW_MS) >= 0);
    table.leave(place);
    assert.equal(table.enter("198.51.100.2", NOW_MS), place);
    assert.equal(table.enter("192.0.2.1", NOW_MS), OVER_LIMIT, "who has a place is counted alone");
    assert.equal(table.wasCoarse, false);
  });

  it("counts those of IPv6 without a place by 48 bits, or fewer where a client is more than that", () => {
    const table = createTable(1);
    table.enter("192.0.2.1", NOW_MS);
    assert.ok(table.enter("2001:db8:1:1::1", NOW_MS) >= 0);
    assert.equal(table.enter("2001:db8:1:2::1", NOW_MS), OVER_LIMIT);
    assert.ok(table.enter("2001:db8:2::1", NOW_MS) >= 0);
    const wide = createTable(1, { ipv6Prefix: 32 });
    wide.enter("192.0.2.1", NOW_MS);
    assert.ok(wide.enter("2001:db8:1::1", NOW_MS) >= 0);
    assert.equal(wide.enter("2001:db8:2::1", NOW_MS), OVER_LIMIT);
  });

  it("has as much memory for a million addresses as for one", () => {
    const table = createTable(1_000, { maxConnections: Number.POSITIVE_INFINITY });
    const { byteLength } = table.memory;
    for (let number = 0; number < 100_000; number++) {
      const place = table.enter(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`, NOW_MS + number);
      assert.equal(table.wasCoarse, false, "whoever has no session makes room");
      table.leave(place);
    }
    assert.equal(table.memory.byteLength, byteLength);
    assert.ok(byteLength < 200_000, `${byteLength} bytes`);
  });

  it("is the same table for all who share its memory", () => {
    const table = createTable(10);
    const snapshot = { id: 1, memory: table.memory, maxConnections: 1, ratePerSecond: 10, burst: 1, ipv6Prefix: 64 };
    const control = new ClientTable(snapshot, undefined);
    const place = table.enter("192.0.2.1", NOW_MS);
    assert.equal(control.count(place), 1);
    control.leave(place);
    assert.equal(table.enter("192.0.2.1", NOW_MS), place);
  });
});
