import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TICK_MS } from "../../src/session/wheel.ts";
import { failure } from "../support/memory-server.ts";
import { createStage, type StageOptions } from "../support/stage.ts";

describe("Session: dial on data", () => {
  const options: StageOptions = { listener: { dial: "on-data", idleTimeoutMs: 10_000 } };

  it("dials when the first byte has come, and relays it", async () => {
    const stage = await createStage(options);
    const client = stage.client();
    stage.pass(5_000);
    assert.equal(stage.server(0).dialCount, 0);
    client.send("first");
    stage.settle();
    assert.equal(stage.peer().receivedText, "first");
    assert.equal(stage.plane.sessionCount, 1);
  });

  it("dials for a client that says all it has to say and finishes", async () => {
    const stage = await createStage(options);
    const client = stage.connect();
    client.finish("question");
    stage.settle();
    assert.deepEqual([stage.peer().receivedText, stage.peer().end], ["question", "finished"]);
    stage.peer().finish("answer");
    stage.settle();
    assert.deepEqual([client.receivedText, client.end], ["answer", "finished"]);
    assert.equal(stage.end(), "client-finished");
  });

  it("lets a client go that leaves in order and has said nothing, without a dial", async () => {
    const stage = await createStage(options);
    const client = stage.client();
    client.finish();
    stage.settle();
    assert.equal(client.end, "finished");
    assert.deepEqual([stage.record().end, stage.record().pool, stage.record().error], ["client-gone", null, null]);
    assert.equal(stage.server(0).dialCount, 0);
    stage.assertNothingLeft();
  });

  it("lets a client go that resets and has said nothing, without a dial", async () => {
    const stage = await createStage(options);
    stage.client().reset();
    stage.settle();
    assert.deepEqual([stage.record().end, stage.record().error], ["client-gone", "ECONNRESET"]);
    assert.equal(stage.server(0).dialCount, 0);
    stage.assertNothingLeft();
  });

  it("gives up on a client that says nothing for idle-timeout", async () => {
    const stage = await createStage(options);
    const client = stage.client();
    stage.pass(9_999);
    assert.equal(client.end, undefined);
    stage.pass(1 + TICK_MS);
    assert.equal(client.end, "reset");
    assert.equal(stage.end(), "idle-timeout");
    stage.assertNothingLeft();
  });

  it("waits no longer than max-lifetime, and can be aborted meanwhile", async () => {
    for (const end of ["max-lifetime", "shutdown"] as const) {
      const stage = await createStage({ listener: { dial: "on-data", maxLifetimeMs: 1_000 } });
      stage.client();
      if (end === "shutdown") assert.equal(stage.plane.abort(end), 1);
      stage.pass(1_000 + TICK_MS);
      assert.equal(stage.end(), end);
      stage.assertNothingLeft();
    }
  });
});

describe("Session: a client that leaves during the dial", () => {
  it("cancels the dial and blames nobody when it resets", async () => {
    const stage = await createStage({ pool: { ejection: { failures: 1, withinMs: 1_000, firstMs: 1, longestMs: 1 } } });
    stage.server(0).otherwise = "wait";
    const client = stage.client();
    stage.pass(2_000);
    assert.equal(stage.table.suspects[0], 1);
    client.reset("GET /");
    stage.settle();
    assert.deepEqual([stage.server(0).cancelCount, stage.server(0).waiting.length], [1, 0]);
    const { end, error, backend, failed, attempts } = stage.record();
    assert.deepEqual(
      { end, error, backend, failed, attempts },
      {
        end: "client-gone",
        error: "ECONNRESET",
        backend: "main/b0",
        failed: [],
        attempts: 1,
      },
    );
    assert.deepEqual(stage.reported, []);
    assert.equal(stage.table.failures[0], 0);
    assert.deepEqual(stage.counters.row(0).dials, {
      ok: 0,
      refused: 0,
      timeout: 0,
      reset: 0,
      unreachable: 0,
      local: 0,
    });
    stage.assertNothingLeft();
  });

  it("is gone as well when its connection is lost", async () => {
    const stage = await createStage();
    stage.server(0).otherwise = "wait";
    stage.client().lose();
    stage.settle();
    assert.deepEqual([stage.record().end, stage.record().error], ["client-gone", "ETIMEDOUT"]);
    stage.assertNothingLeft();
  });

  it("is still there when it has only finished: its bytes and its FIN are carried on", async () => {
    const stage = await createStage({ backendCount: 2 });
    stage.server(0).script.push("wait");
    const client = stage.client();
    client.finish("question");
    stage.settle();
    stage.server(0).fail(failure("refused"));
    stage.settle();
    assert.deepEqual([stage.peer(1).receivedText, stage.peer(1).end], ["question", "finished"]);
    stage.peer(1).finish("answer");
    stage.settle();
    assert.deepEqual([client.receivedText, client.end], ["answer", "finished"]);
    assert.equal(stage.end(), "client-finished");
  });
});
