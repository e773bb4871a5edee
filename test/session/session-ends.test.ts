import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withHealth } from "../../src/backend/state.ts";
import { type EndReason, endReasons } from "../../src/session/end.ts";
import { TICK_MS } from "../../src/session/wheel.ts";
import { failure } from "../support/memory-server.ts";
import { createRelaying, createStage, firstCandidate, type Stage, type StageOptions } from "../support/stage.ts";

/** How each end that sessions can have so far comes about, with one backend. */
const scenarios: Readonly<
  Partial<Record<EndReason, { options?: StageOptions; error?: string | null; play: (stage: Stage) => void }>>
> = {
  "client-finished": {
    play(stage) {
      const client = stage.client();
      client.finish();
      stage.settle();
      stage.peer().finish();
    },
  },
  "backend-finished": {
    play(stage) {
      const client = stage.client();
      stage.peer().finish();
      stage.settle();
      client.finish();
    },
  },
  "client-reset": { error: "ECONNRESET", play: (stage) => stage.client().reset() },
  "client-lost": { error: "ETIMEDOUT", play: (stage) => stage.client().lose() },
  "backend-reset": {
    error: "ECONNRESET",
    play(stage) {
      stage.client();
      stage.peer().reset();
    },
  },
  "backend-lost": {
    error: "ETIMEDOUT",
    play(stage) {
      stage.client();
      stage.peer().lose();
    },
  },
  "client-gone": {
    error: "ECONNRESET",
    play(stage) {
      stage.server(0).otherwise = "wait";
      stage.client().reset();
    },
  },
  "no-backend": {
    error: "1 down",
    play(stage) {
      stage.table.changeState(0, (word) => withHealth(word, "down"));
      stage.client();
    },
  },
  "dial-failed": {
    error: "ECONNREFUSED",
    play(stage) {
      stage.server(0).otherwise = failure("refused");
      stage.client();
    },
  },
  "local-resource": {
    error: "EMFILE",
    play(stage) {
      stage.server(0).otherwise = failure("local", "EMFILE");
      stage.client();
    },
  },
  "over-limit": { options: { limit: 0 }, play: (stage) => void stage.client() },
  "idle-timeout": {
    play(stage) {
      stage.client();
      stage.pass(3_600_000 + 2 * TICK_MS);
    },
  },
  "half-close-timeout": {
    error: "the client had finished",
    play(stage) {
      stage.client().finish();
      stage.pass(60_000 + 2 * TICK_MS);
    },
  },
  "max-lifetime": {
    options: { listener: { maxLifetimeMs: 1_000 } },
    play(stage) {
      stage.client();
      stage.pass(1_000 + 2 * TICK_MS);
    },
  },
  shutdown: {
    play(stage) {
      stage.client();
      stage.plane.abort("shutdown");
    },
  },
  internal: {
    options: {
      policy: {
        ...firstCandidate,
        pick() {
          throw new Error("a bad policy");
        },
      },
    },
    error: "a bad policy",
    play: (stage) => void stage.client(),
  },
};

describe("Session: ends", () => {
  for (const end of endReasons) {
    const scenario = scenarios[end];
    if (scenario === undefined) continue;
    it(`ends as ${end}, gives everything back, and leaves one record and one count`, async () => {
      const { options, play, error = null } = scenario;
      const stage = await createStage(options);
      play(stage);
      stage.settle();
      assert.deepEqual([stage.record().end, stage.record().error], [end, error]);
      assert.deepEqual(stage.counters.lane(0).ends, { [end]: 1 });
      stage.assertNothingLeft();
    });
  }

  it("passes a reset on as a reset, behind the bytes before it", async () => {
    const { stage, client, backend } = await createRelaying();
    backend.reset("half an answ");
    stage.settle();
    assert.deepEqual([client.receivedText, client.end], ["half an answ", "reset"]);
    assert.equal(stage.record().bytesDown, 12);
  });

  it("resets both sides when it ends them itself", async () => {
    const { stage, client, backend } = await createRelaying({ listener: { maxLifetimeMs: 1_000 } });
    stage.pass(1_000 + 2 * TICK_MS);
    assert.deepEqual([client.end, backend.end], ["reset", "reset"]);
  });

  it("counts without a record where nobody wants one", async () => {
    const { stage, client } = await createRelaying({ reports: { wantsRecord: () => false } });
    client.reset();
    stage.settle();
    assert.deepEqual(stage.records, []);
    assert.deepEqual(stage.counters.lane(0).ends, { "client-reset": 1 });
    stage.assertNothingLeft();
  });
});
