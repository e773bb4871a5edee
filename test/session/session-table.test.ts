import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type EntryFilter, SessionTable } from "../../src/session/session-table.ts";
import { createRelaying, createStage } from "../support/stage.ts";

describe("SessionTable", () => {
  it("shows a session to whoever shares its memory, as it goes on", () => {
    const table = new SessionTable(8);
    const other = new SessionTable(8, table.memory);
    const place = table.enter(table.nextNumber(), 3, 12.5, "192.0.2.1:40000");
    const accepted = {
      place,
      number: 1,
      stage: "accepted",
      listenerSlot: 3,
      row: -1,
      generation: 0,
      clientPlace: -1,
      clientTable: 0,
      acceptedAtMs: 12.5,
      bytesUp: 0,
      bytesDown: 0,
      client: "192.0.2.1:40000",
    };
    assert.deepEqual(other.read(place), accepted);
    table.dialling(place, 7, 2, true);
    assert.deepEqual(other.read(place), { ...accepted, stage: "trial", row: 7, generation: 2 });
    table.withdrawn(place);
    assert.equal(other.read(place)?.row, -1);
    table.counted(place, 4, 99);
    assert.deepEqual([other.read(place)?.clientTable, other.read(place)?.clientPlace], [4, 99]);
    table.counted(place, 0, -1);
    table.dialling(place, 8, 1, false);
    assert.equal(other.read(place)?.stage, "dialling");
    table.relaying(place);
    assert.deepEqual(other.read(place), { ...accepted, stage: "relaying", row: 8, generation: 1 });
    table.leave(place);
    assert.equal(other.read(place), undefined);
  });

  it("says which bytes of a session have been counted, and of the next one in its place none", () => {
    const table = new SessionTable(2);
    const place = table.enter(table.nextNumber(), 0, 0, "a");
    table.countedBytes(place, 2 ** 40, 7);
    const entry = new SessionTable(2, table.memory).read(place);
    assert.deepEqual([entry?.bytesUp, entry?.bytesDown], [2 ** 40, 7]);
    table.leave(place);
    assert.equal(table.enter(table.nextNumber(), 0, 0, "a"), place);
    assert.deepEqual([table.bytesUp(place), table.bytesDown(place)], [0, 0]);
    table.countedBytes(-1, 5, 5);
    assert.deepEqual([table.bytesUp(-1), table.bytesDown(-1)], [0, 0], "of one without a place nobody knows any");
  });

  it("finds who is meant, where all that is given holds", () => {
    const table = new SessionTable(8);
    const clients = ["192.0.2.1:40000", "192.0.2.10:1", "192.0.2.1:2", "[2001:db8::1]:5", "unix:"];
    for (const [index, client] of clients.entries()) {
      const place = table.enter(table.nextNumber(), index % 2, index * 100, client);
      table.dialling(place, index, index === 2 ? 9 : 1, false);
    }
    table.leave(1);
    const found = (filter: EntryFilter, from = 0): readonly number[] =>
      [...table.entries(from, filter)].map(({ number }) => number);
    assert.deepEqual(found({}), [1, 3, 4, 5]);
    assert.deepEqual(found({}, 3), [4, 5]);
    assert.deepEqual(found({ listenerSlots: new Set([0]) }), [1, 3, 5]);
    assert.deepEqual(found({ listenerSlots: new Set() }), []);
    assert.deepEqual(found({ clientIp: "192.0.2.1" }), [1, 3]);
    assert.deepEqual(found({ clientIp: "2001:db8::1" }), [4]);
    assert.deepEqual(
      found({
        rows: new Map([
          [0, 1],
          [2, 1],
          [4, 1],
        ]),
      }),
      [1, 5],
      "another use of row 2",
    );
    assert.deepEqual(found({ acceptedByMs: 200 }), [1, 3]);
    assert.deepEqual(found({ acceptedByMs: 200, clientIp: "192.0.2.1", listenerSlots: new Set([0]) }), [1, 3]);
  });

  it("finds a session by its number", () => {
    const table = new SessionTable(4);
    for (const client of ["a", "b"]) table.enter(table.nextNumber(), 0, 0, client);
    assert.equal(table.find(2)?.client, "b");
    table.leave(1);
    assert.equal(table.find(2), undefined);
    assert.equal(table.find(7), undefined);
  });

  it("keeps the longest address there is, and the empty one", () => {
    const table = new SessionTable(4);
    const longest = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535";
    const places = [longest, "unix:", ""].map((client) => table.enter(table.nextNumber(), 0, 0, client));
    assert.deepEqual(
      places.map((place) => table.read(place)?.client),
      [longest, "unix:", ""],
    );
  });

  it("has a place for each of as many sessions as it was made for, and bears more", () => {
    const table = new SessionTable(2);
    const places = [0, 1, 2].map(() => table.enter(table.nextNumber(), 0, 0, "a"));
    assert.deepEqual(places, [0, 1, -1]);
    table.dialling(-1, 0, 0, false);
    table.withdrawn(-1);
    table.relaying(-1);
    table.leave(-1);
    assert.equal([...table.entries()].length, 2);
  });

  it("counts sessions on where a predecessor has stopped, in a table that is empty again", () => {
    const before = new SessionTable(8);
    for (let count = 0; count < 3; count++) before.enter(before.nextNumber(), 0, 0, "a");
    before.clear();
    const after = new SessionTable(8, before.memory);
    assert.deepEqual([...after.entries()], []);
    assert.equal(after.enter(after.nextNumber(), 0, 0, "b"), 0);
    assert.equal(after.read(0)?.number, 4);
  });

  it("is bounded where sessions are not", () => {
    assert.equal(new SessionTable(Number.POSITIVE_INFINITY).capacity, 2 ** 20);
  });

  it("lists exactly who is there, from any place on", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.nat(20), (script, from) => {
        const table = new SessionTable(16);
        const live = new Map<number, number>();
        for (const comes of script) {
          const [oldest] = live.keys();
          if (comes) {
            const number = table.nextNumber();
            const place = table.enter(number, 0, 0, "a");
            if (place >= 0) live.set(place, number);
          } else if (oldest !== undefined) {
            table.leave(oldest);
            live.delete(oldest);
          }
        }
        const listed = Array.from(table.entries(from), ({ place, number }) => [place, number]);
        const expected = [...live].filter(([place]) => place >= from).sort(([one], [other]) => one - other);
        assert.deepEqual(listed, expected);
      }),
    );
  });
});

describe("Session: in the table", () => {
  it("stands there from its admission to its end", async () => {
    const { stage, client } = await createRelaying();
    const [entry] = stage.sessions.entries();
    assert.deepEqual(
      [entry?.stage, entry?.row, entry?.number, entry?.client.startsWith("192.0.2.1:")],
      ["relaying", 0, 1, true],
    );
    client.reset();
    stage.settle();
    stage.assertNothingLeft();
  });

  it("names no backend between two dials, and none of those that failed", async () => {
    const stage = await createStage({ backendCount: 2 });
    stage.server(0).script.push("wait");
    stage.client();
    const [dialling] = stage.sessions.entries();
    assert.deepEqual([dialling?.stage, dialling?.row], ["dialling", 0]);
    stage.server(0).fail({ kind: "refused", code: "ECONNREFUSED" });
    stage.settle();
    const [next] = stage.sessions.entries();
    assert.deepEqual([next?.stage, next?.row], ["relaying", 1]);
  });

  it("is not there when it was not admitted", async () => {
    const stage = await createStage({ limit: 1 });
    stage.client();
    stage.client();
    assert.equal([...stage.sessions.entries()].length, 1);
  });
});
