import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withHealth } from "../../src/backend/state.ts";
import { failure } from "../support/memory-server.ts";
import { createRelaying, createStage } from "../support/stage.ts";

describe("Session: from accept to end", () => {
  it("relays both ways and passes each end on by itself", async () => {
    const { stage, client, backend } = await createRelaying();
    client.finish("ping");
    stage.settle();
    assert.deepEqual([backend.receivedText, backend.end], ["ping", "finished"]);
    assert.equal(client.end, undefined);
    backend.finish("pong");
    stage.settle();
    assert.deepEqual([client.receivedText, client.end], ["pong", "finished"]);
    assert.equal(stage.end(), "client-finished");
    stage.assertNothingLeft();
  });

  it("lets the backend speak first", async () => {
    const stage = await createStage();
    stage.server(0).onAccept = (peer) => peer.send("hello");
    const client = stage.client();
    assert.equal(client.receivedText, "hello");
  });

  it("is counted from the pick, before the dial is answered, until it has ended", async () => {
    const stage = await createStage();
    stage.server(0).otherwise = "wait";
    const counts = (): (number | undefined)[] => [
      stage.admission.processActive,
      stage.admission.listenerActive(0),
      stage.table.active[0],
    ];
    const client = stage.connect();
    stage.transport.turn();
    assert.deepEqual(counts(), [1, 1, 1]);
    stage.settle();
    stage.server(0).accept();
    stage.settle();
    assert.deepEqual(counts(), [1, 1, 1]);
    client.finish();
    stage.peer().finish();
    stage.settle();
    assert.deepEqual(counts(), [0, 0, 0]);
    stage.assertNothingLeft();
  });

  it("picks before the next client is accepted, so that clients who come together are spread", async () => {
    const stage = await createStage({
      backendCount: 2,
      policy: {
        usesKey: false,
        arrange: () => {},
        pick: ({ ids, count, active }) =>
          Array.from(ids.subarray(0, count)).sort((one, other) => (active[one] ?? 0) - (active[other] ?? 0))[0] ?? -1,
      },
    });
    for (let count = 0; count < 10; count++) stage.connect();
    stage.settle();
    assert.deepEqual([stage.table.active[0], stage.table.active[1]], [5, 5]);
  });

  it("leaves a record with every key", async () => {
    const stage = await createStage({ backendCount: 2 });
    stage.server(0).script.push(failure("refused"));
    stage.server(1).script.push("wait");
    const client = stage.connect({ ip: "192.0.2.7", port: 4711 });
    stage.settle();
    stage.clock.advance(7);
    stage.server(1).accept();
    stage.settle();
    client.send("12345");
    stage.clock.advance(20);
    stage.peer(1).send("abc");
    stage.settle();
    const other = stage.client();
    stage.clock.advance(30);
    client.finish();
    stage.peer(1).finish();
    stage.settle();
    assert.deepEqual(stage.record(), {
      id: "test-0-1",
      listener: "front",
      local: "127.0.0.1:80",
      client: "192.0.2.7:4711",
      peer: null,
      pool: "main",
      backend: "main/b1",
      backendAddress: "10.0.0.1:9001",
      attempts: 2,
      failed: [{ backend: "main/b0", error: "ECONNREFUSED" }],
      protocol: null,
      host: null,
      method: null,
      path: null,
      sni: null,
      alpn: null,
      status: null,
      peekMs: null,
      queueMs: null,
      tlvs: null,
      dialMs: 7,
      firstByteMs: 20,
      durationMs: 57,
      bytesUp: 5,
      bytesDown: 3,
      end: "client-finished",
      error: null,
      // The other session.
      active: { process: 1, listener: 1, backend: 0 },
      worker: 0,
    });
    assert.equal(other.end, undefined);
  });
});

describe("Session: admission", () => {
  it("accepts and resets whoever is over the limit, without a dial, and admits again when one has left", async () => {
    const { stage, client } = await createRelaying({ limit: 1 });
    const refused = stage.client();
    assert.equal(refused.end, "reset");
    assert.equal(stage.end(), "over-limit");
    assert.equal(stage.record().active.process, 1);
    assert.equal(stage.server(0).dialCount, 1);
    client.reset();
    stage.settle();
    assert.equal(stage.client().end, undefined);
    assert.equal(stage.server(0).dialCount, 2);
  });

  it("ends as no-backend, saying why, where every backend is full", async () => {
    const { stage } = await createRelaying({ backendLimit: 1 });
    const refused = stage.client();
    assert.equal(refused.end, "reset");
    assert.deepEqual([stage.record().end, stage.record().error], ["no-backend", "1 at max-connections"]);
    assert.equal(stage.table.active[0], 1);
  });
});

describe("Session: abort", () => {
  it("resets the client of a dial and cancels it", async () => {
    const stage = await createStage();
    stage.server(0).otherwise = "wait";
    const client = stage.client();
    assert.equal(stage.plane.abort("shutdown"), 1);
    assert.equal(stage.server(0).cancelCount, 1);
    stage.settle();
    assert.equal(client.end, "reset");
    assert.equal(stage.end(), "shutdown");
    stage.assertNothingLeft();
  });

  it("changes nothing about a session that is ending already", async () => {
    const { stage } = await createRelaying();
    assert.equal(stage.plane.abort("shutdown"), 1);
    assert.equal(stage.plane.abort("closed-by-operator"), 0);
    stage.settle();
    assert.equal(stage.end(), "shutdown");
  });

  it("does not wait for a client that stopped reading", async () => {
    const { stage, client, backend } = await createRelaying();
    client.pause();
    backend.send(Buffer.alloc(1_000_000));
    stage.settle();
    stage.plane.abort("shutdown");
    stage.settle();
    assert.equal(stage.end(), "shutdown");
    stage.assertNothingLeft();
  });
});

describe("Session: evict", () => {
  it("resets both sides where a backend is connected", async () => {
    const { stage, client, backend } = await createRelaying({ backendCount: 2 });
    assert.equal(
      stage.plane.evict("backend-down", ({ backendRow }) => backendRow === 0),
      1,
    );
    stage.settle();
    assert.deepEqual([client.end, backend.end, stage.end()], ["reset", "reset", "backend-down"]);
    stage.assertNothingLeft();
  });

  it("dials another for one that is not connected yet, and blames nobody", async () => {
    const stage = await createStage({ backendCount: 2 });
    stage.server(0).otherwise = "wait";
    const client = stage.client();
    stage.table.changeState(0, (word) => withHealth(word, "down"));
    assert.equal(
      stage.plane.evict("backend-down", ({ backendRow }) => backendRow === 0),
      0,
    );
    stage.settle();
    assert.deepEqual([stage.server(0).cancelCount, stage.table.active[0], stage.table.active[1]], [1, 0, 1]);
    client.send("hello");
    stage.settle();
    assert.equal(stage.peer(1).receivedText, "hello");
    client.finish();
    stage.peer(1).finish();
    stage.settle();
    assert.deepEqual([stage.end(), stage.record().backend, stage.record().attempts], ["client-finished", "main/b1", 2]);
    assert.deepEqual(stage.record().failed, [{ backend: "main/b0", error: "evicted" }]);
    assert.deepEqual(stage.reported, []);
    assert.deepEqual([...stage.sessions.entries()], []);
    stage.assertNothingLeft();
  });

  it("resets one that is not connected yet where there is no other", async () => {
    const stage = await createStage();
    stage.server(0).otherwise = "wait";
    const client = stage.client();
    stage.table.changeState(0, (word) => withHealth(word, "down"));
    assert.equal(
      stage.plane.evict("backend-down", () => true),
      1,
    );
    stage.settle();
    assert.deepEqual([client.end, stage.end()], ["reset", "backend-down"]);
    stage.assertNothingLeft();
  });
});
