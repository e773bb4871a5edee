import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createInThread } from "../../src/control/in-thread.ts";
import { Heart } from "../../src/worker/heart.ts";
import { Pulse } from "../../src/worker/pulse.ts";
import { createStage } from "../support/stage.ts";

describe("createInThread", () => {
  it("is the plane, in this thread and on net", async () => {
    const stage = await createStage();
    const pulse = new Pulse();
    const heart = new Heart(stage.clock, pulse);
    const dataPlane = createInThread(stage.plane, stage.sessions, heart, pulse);
    await dataPlane.start();
    assert.deepEqual([dataPlane.transport, dataPlane.workers, dataPlane.acknowledgedVersion], ["net", 0, 1]);
    dataPlane.apply({ ...stage.snapshot, version: 5 });
    assert.equal(dataPlane.acknowledgedVersion, 5);
    const address = { kind: "ip", ip: "127.0.0.1", port: 81 } as const;
    assert.deepEqual(await dataPlane.listen("front", address, false), { id: 1, address });
    const clients = [stage.client(), stage.client()];
    assert.equal(dataPlane.sessionCount, 2);
    assert.equal([...(dataPlane.sessions[0]?.entries() ?? [])].length, 2);
    assert.deepEqual(dataPlane.workerStats(stage.clock.nowMs() + 5), [
      { worker: 0, active: 2, restarts: 0, loopLagMs: 0, heartbeatAgeMs: 5 },
    ]);
    await dataPlane.stopAccepting();
    assert.throws(() => stage.connect(), /ECONNREFUSED/);
    let isEmpty = false;
    const emptied = dataPlane.whenEmpty().then(() => {
      isEmpty = true;
    });
    const first = { kind: "filtered", number: 1, slots: undefined, rows: undefined, clientIp: undefined } as const;
    assert.equal(await dataPlane.abort("shutdown", first), 1);
    assert.equal(await dataPlane.abort("shutdown", { kind: "all" }), 1);
    assert.equal(isEmpty, false);
    stage.settle();
    await emptied;
    await dataPlane.close();
    assert.deepEqual(
      clients.map(({ end }) => end),
      ["reset", "reset"],
    );
  });
});
