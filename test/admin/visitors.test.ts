import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { Visitors, visitorLimit } from "../../src/admin/visitors.ts";

class FakeSocket extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

function visitor(visitors: Visitors, from: string): FakeSocket {
  const socket = new FakeSocket();
  visitors.enter(socket as unknown as Socket, from);
  return socket;
}

function serve(visitors: Visitors, socket: FakeSocket): () => void {
  return visitors.serve(socket as unknown as Socket);
}

describe("visitorLimit", () => {
  it("is a share of the descriptors, enough to be of use and few enough to be spared", () => {
    assert.deepEqual([256, 1_024, 4_096, 20_000, Infinity].map(visitorLimit), [32, 32, 64, 128, 128]);
  });
});

describe("Visitors", () => {
  it("are never more than the limit: the one of the largest crowd that has been there longest gives way", () => {
    const visitors = new Visitors(4);
    const quiet = visitor(visitors, "10.0.0.1");
    const crowd = [1, 2, 3].map(() => visitor(visitors, "10.0.0.9"));
    const newcomer = visitor(visitors, "10.0.0.2");
    assert.deepEqual(
      [quiet, ...crowd, newcomer].map(({ destroyed }) => destroyed),
      [false, true, false, false, false],
    );
    assert.equal(visitors.count, 4);
  });

  it("let a newcomer through however large the crowd, and don't let it push others out", () => {
    const visitors = new Visitors(4);
    const probe = visitor(visitors, "10.0.0.1");
    for (let count = 0; count < 1_000; count++) visitor(visitors, "10.0.0.9");
    assert.deepEqual([probe.destroyed, visitors.count], [false, 4]);
  });

  it("stay while they are served, and a newcomer is turned away when all are", () => {
    const visitors = new Visitors(2);
    const served = [visitor(visitors, "a"), visitor(visitors, "a")];
    const answered = served.map((socket) => serve(visitors, socket));
    assert.deepEqual([visitor(visitors, "b").destroyed, served.some(({ destroyed }) => destroyed)], [true, false]);
    answered[0]?.();
    assert.deepEqual(
      [visitor(visitors, "b").destroyed, served.map(({ destroyed }) => destroyed)],
      [false, [true, false]],
    );
  });

  it("go one after another by when they were served last", () => {
    const visitors = new Visitors(2);
    const [first, second] = [visitor(visitors, "a"), visitor(visitors, "a")];
    serve(visitors, first)();
    visitor(visitors, "a");
    assert.deepEqual([first.destroyed, second.destroyed], [false, true]);
  });

  it("leave their place when they leave", () => {
    const visitors = new Visitors(1);
    visitor(visitors, "a").emit("close");
    assert.equal(visitors.count, 0);
    const next = visitor(visitors, "b");
    visitors.close();
    assert.ok(next.destroyed);
  });
});
