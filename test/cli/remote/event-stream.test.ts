import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { EventReader, type ServerEvent } from "../../../src/cli/remote/event-stream.ts";

const text =
  ': hello\nretry: 2000\n\nevent: stats\ndata: {"a":1}\n\ndata: one\r\ndata:two\r\nid: 7\r\n\r\nevent: audit\ndata: {}\n\n';
const expected: readonly ServerEvent[] = [
  { event: "stats", data: '{"a":1}' },
  { event: "message", data: "one\ntwo" },
  { event: "audit", data: "{}" },
];

describe("EventReader", () => {
  it("reads events however the text is split", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length })), (cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), text.length];
        const reader = new EventReader();
        const events = places.slice(1).flatMap((place, at) => reader.read(text.slice(places[at], place)) ?? []);
        assert.deepEqual(events, expected);
      }),
    );
  });

  it("keeps what has not ended", () => {
    const reader = new EventReader();
    assert.deepEqual(reader.read("event: stats\ndata: 1\n"), []);
    assert.deepEqual(reader.read("\n"), [{ event: "stats", data: "1" }]);
  });

  it("gives up an event that does not end", () => {
    const reader = new EventReader();
    const piece = "x".repeat(2 ** 25);
    assert.deepEqual(reader.read(`data: ${piece}\n`), []);
    assert.deepEqual(reader.read(`data: ${piece}`), undefined);
  });
});
