import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, it } from "node:test";
import { EventStream } from "../../src/admin/event-stream.ts";

class FakeResponse extends EventEmitter {
  text = "";
  writableLength = 0;
  destroyed = false;
  write(text: string): void {
    this.text += text;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

function reader(stream: EventStream): FakeResponse {
  const response = new FakeResponse();
  const reply = stream.admit(() => [["history", { atMs: [] }]]);
  assert.ok(reply.kind === "stream");
  reply.open(response as unknown as ServerResponse);
  return response;
}

describe("EventStream", () => {
  it("sends what comes first, and then what happens, as events of one line", () => {
    const stream = new EventStream(2);
    const response = reader(stream);
    stream.send("stats", { text: "a\nb" });
    assert.equal(
      response.text,
      'retry: 2000\n\nevent: history\ndata: {"atMs":[]}\n\nevent: stats\ndata: {"text":"a\\nb"}\n\n',
    );
  });

  it("has so many readers, and no more", () => {
    const stream = new EventStream(1);
    const first = reader(stream);
    const reply = stream.admit(() => []);
    assert.deepEqual(reply.kind === "bytes" && [reply.status, reply.headers["retry-after"]], [503, "10"]);
    first.emit("close");
    assert.equal(stream.isWatched, false);
    reader(stream);
  });

  it("leaves figures out for a slow reader, but nothing that has happened", () => {
    const stream = new EventStream(1);
    const response = reader(stream);
    response.text = "";
    response.writableLength = 300_000;
    stream.send("stats", 1);
    stream.send("audit", 2);
    assert.equal(response.text, "event: audit\ndata: 2\n\n");
    response.writableLength = 0;
    stream.send("stats", 3);
    assert.match(response.text, /event: stats\ndata: 3/);
  });

  it("lets a reader go that takes nothing", () => {
    const stream = new EventStream(1);
    const response = reader(stream);
    response.writableLength = 5_000_000;
    stream.send("stats", 1);
    assert.ok(response.destroyed);
  });

  it("ends all at its close", () => {
    const stream = new EventStream(1);
    const response = reader(stream);
    stream.close();
    assert.deepEqual([response.destroyed, stream.isWatched], [true, false]);
  });
});
