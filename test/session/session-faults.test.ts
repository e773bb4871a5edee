import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failure } from "../support/memory-server.ts";
import { createRelaying, createStage, firstCandidate } from "../support/stage.ts";

describe("Session: what throws around it", () => {
  it("ends as internal when the policy throws at a later pick, and harms no other session", async () => {
    let picks = 0;
    const stage = await createStage({
      backendCount: 2,
      policy: {
        ...firstCandidate,
        pick(candidates, key, clientIp) {
          picks++;
          if (picks === 3) throw new Error("at the third pick");
          return firstCandidate.pick(candidates, key, clientIp);
        },
      },
    });
    const before = stage.client();
    stage.server(0).script.push(failure("refused"));
    const harmed = stage.client();
    assert.equal(harmed.end, "reset");
    const { end, error, attempts } = stage.record();
    assert.deepEqual({ end, error, attempts }, { end: "internal", error: "at the third pick", attempts: 1 });
    assert.deepEqual(stage.reported, ["dial failed: main/b0", "internal: at the third pick"]);
    const after = stage.client();
    for (const client of [before, after]) assert.equal(client.end, undefined);
    for (const client of [before, after]) client.reset();
    stage.settle();
    stage.assertNothingLeft();
  });

  it("finds no backend when its pool is in the snapshot no more", async () => {
    const stage = await createStage();
    stage.apply({ pools: [] });
    stage.client();
    assert.equal(stage.end(), "no-backend");
    stage.assertNothingLeft();
  });

  it("gives back the pick when the report of it throws", async () => {
    const stage = await createStage({
      reports: {
        selected() {
          throw new Error("a bad report");
        },
      },
    });
    stage.client();
    assert.equal(stage.end(), "internal");
    assert.equal(stage.server(0).dialCount, 0);
    stage.assertNothingLeft();
  });

  it("resets both sides when what is told of a connected backend throws", async () => {
    const stage = await createStage({
      pool: { ejection: { failures: 1, withinMs: 1_000, firstMs: 1_000, longestMs: 1_000 } },
      backendCount: 2,
      reports: {
        returned() {
          throw new Error("a bad report");
        },
      },
    });
    stage.server(0).script.push(failure("refused"));
    const first = stage.client();
    stage.pass(1_000);
    const client = stage.client();
    assert.deepEqual([client.end, stage.peer(0).end], ["reset", "reset"]);
    assert.deepEqual([stage.record().end, stage.record().error], ["internal", "a bad report"]);
    first.reset();
    stage.settle();
    stage.assertNothingLeft();
  });

  it("ends all the same when whoever takes the record throws", async () => {
    const { stage, client } = await createRelaying({
      reports: {
        recorded() {
          throw new Error("a bad log");
        },
      },
    });
    client.reset();
    stage.settle();
    assert.deepEqual(stage.reported, ["internal: a bad log"]);
    stage.assertNothingLeft();
  });
});
