import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClientTables } from "../../src/control/client-tables.ts";
import { ClientTable } from "../../src/session/client-table.ts";
import { seededRandom } from "../support/random.ts";

const RULE = { maxConnections: 2, ratePerSecond: Number.POSITIVE_INFINITY, burst: 1, ipv6Prefix: 64, tableSize: 100 };

describe("ClientTables", () => {
  it("has a table for each listener that limits its clients", () => {
    const tables = new ClientTables(seededRandom(1));
    const [web, other] = [tables.take("web", RULE), tables.take("other", RULE)];
    assert.notEqual(web?.memory, other?.memory);
    assert.notEqual(web?.id, other?.id);
    assert.equal(tables.take("open", undefined), undefined);
  });

  it("keeps a table over changes of the limits, and not of what is counted", () => {
    const tables = new ClientTables(seededRandom(1));
    const before = tables.take("web", RULE);
    const after = tables.take("web", { ...RULE, maxConnections: 9 });
    assert.deepEqual([after?.memory === before?.memory, after?.id, after?.maxConnections], [true, before?.id, 9]);
    assert.notEqual(tables.take("web", { ...RULE, tableSize: 200 })?.id, before?.id);
    assert.notEqual(tables.take("web", { ...RULE, ipv6Prefix: 48 })?.id, before?.id);
  });

  it("takes out whom a worker that has gone had counted", () => {
    const tables = new ClientTables(seededRandom(1));
    const snapshot = tables.take("web", RULE) ?? assert.fail();
    const worker = new ClientTable(snapshot, 3);
    const place = worker.enter("192.0.2.1", 5);
    tables.settle(3);
    tables.leave(snapshot.id, place);
    assert.equal(worker.count(place), 0);
    tables.leave(99, place);
    assert.equal(worker.count(place), 0, "of another table");
  });
});
