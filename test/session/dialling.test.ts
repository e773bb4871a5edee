import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EjectionRule } from "../../src/backend/ejection.ts";
import { ejectionOf } from "../../src/backend/state.ts";
import { SUSPECT_AFTER_MS, SUSPECT_DIALS } from "../../src/backend/table.ts";
import { TICK_MS } from "../../src/session/wheel.ts";
import type { DialFailureKind } from "../../src/transport/transport.ts";
import { failure } from "../support/memory-server.ts";
import { createStage, type Stage, usableRows } from "../support/stage.ts";

/** One failed dial ejects, for 10 s at first. */
const strict: EjectionRule = { failures: 1, withinMs: 10_000, firstMs: 10_000, longestMs: 60_000 };

function letFail(stage: Stage, kind: DialFailureKind): void {
  for (const server of stage.servers) server.otherwise = failure(kind);
}

function letWait(stage: Stage): void {
  for (const server of stage.servers) server.otherwise = "wait";
}

function dialCounts(stage: Stage): number[] {
  return stage.servers.map(({ dialCount }) => dialCount);
}

describe("Dialling: a dial that fails", () => {
  for (const kind of ["refused", "reset", "unreachable", "timeout"] as const) {
    it(`goes on to the next backend when one is ${kind}, and the client notices nothing`, async () => {
      const stage = await createStage({ backendCount: 2 });
      const failed = failure(kind);
      stage.server(0).script.push(failed);
      const client = stage.connect();
      client.send("hello");
      stage.settle();
      assert.equal(stage.peer(1).receivedText, "hello");
      assert.deepEqual([stage.table.active[0], stage.table.active[1]], [0, 1]);
      assert.deepEqual(stage.reported, ["dial failed: main/b0"]);
      assert.equal(stage.counters.retries(0), 1);
      assert.equal(stage.counters.row(0).dials[kind], 1);
      assert.equal(stage.counters.row(1).dials.ok, 1);
      client.reset();
      stage.settle();
      const { attempts, backend } = stage.record();
      assert.deepEqual({ attempts, backend }, { attempts: 2, backend: "main/b1" });
      assert.deepEqual(stage.record().failed, [{ backend: "main/b0", error: failed.code }]);
      stage.assertNothingLeft();
    });
  }

  it("tries different backends, as many as attempts says", async () => {
    const stage = await createStage({ backendCount: 5, pool: { attempts: 3 } });
    letFail(stage, "refused");
    const client = stage.client();
    assert.equal(client.end, "reset");
    assert.deepEqual(dialCounts(stage), [1, 1, 1, 0, 0]);
    const { end, error, backend, attempts, failed, dialMs } = stage.record();
    assert.deepEqual(
      { end, error, backend, attempts, dialMs },
      { end: "dial-failed", error: "ECONNREFUSED", backend: null, attempts: 3, dialMs: null },
    );
    assert.deepEqual(
      failed.map(({ backend: name }) => name),
      ["main/b0", "main/b1", "main/b2"],
    );
    stage.assertNothingLeft();
  });

  it("gives up earlier where no other backend is left", async () => {
    const stage = await createStage({ backendCount: 2, pool: { attempts: 10 } });
    letFail(stage, "unreachable");
    stage.client();
    assert.deepEqual(dialCounts(stage), [1, 1]);
    assert.deepEqual([stage.record().end, stage.record().attempts], ["dial-failed", 2]);
  });

  it("names what failed last", async () => {
    const stage = await createStage({ backendCount: 2 });
    stage.server(0).otherwise = failure("refused");
    stage.server(1).otherwise = failure("unreachable");
    stage.client();
    assert.equal(stage.record().error, "EHOSTUNREACH");
  });

  it("is not tried again and nobody's fault where this machine is short of something", async () => {
    const stage = await createStage({ backendCount: 2, pool: { ejection: strict } });
    stage.server(0).otherwise = failure("local", "EADDRNOTAVAIL");
    stage.client();
    assert.deepEqual(dialCounts(stage), [1, 0]);
    assert.deepEqual([stage.record().end, stage.record().error], ["local-resource", "EADDRNOTAVAIL"]);
    assert.deepEqual(stage.reported, ["short of: EADDRNOTAVAIL"]);
    assert.deepEqual(usableRows(stage), [0, 1]);
    assert.equal(stage.table.failures[0], 0);
    assert.equal(stage.counters.row(0).dials.local, 1);
    stage.assertNothingLeft();
  });

  it("ejects the backend where the rule says so, and counts that", async () => {
    const stage = await createStage({ backendCount: 2, pool: { ejection: { ...strict, failures: 2 } } });
    stage.server(0).otherwise = failure("refused");
    stage.client();
    assert.deepEqual(usableRows(stage), [0, 1]);
    stage.client();
    assert.deepEqual(usableRows(stage), [1]);
    assert.deepEqual(stage.reported, [
      "dial failed: main/b0",
      "ejected: main/b0: ECONNREFUSED",
      "dial failed: main/b0",
    ]);
    assert.equal(stage.counters.row(0).ejections, 1);
    stage.client();
    assert.deepEqual(dialCounts(stage), [2, 3]);
  });
});

describe("Dialling: a dial that is not answered", () => {
  it("is cancelled after dial-timeout, within a tick, and another backend is tried", async () => {
    const stage = await createStage({ backendCount: 2, pool: { dialTimeoutMs: 3_000 } });
    stage.server(0).otherwise = "wait";
    const client = stage.client();
    stage.pass(2_999);
    assert.deepEqual([stage.server(0).cancelCount, stage.server(1).dialCount], [0, 0]);
    stage.pass(1 + TICK_MS);
    assert.deepEqual([stage.server(0).cancelCount, stage.server(1).dialCount], [1, 1]);
    assert.equal(client.end, undefined);
    client.reset();
    stage.settle();
    const { failed, dialMs } = stage.record();
    assert.deepEqual(failed, [{ backend: "main/b0", error: "timeout" }]);
    assert.ok(dialMs !== null && dialMs >= 3_000 && dialMs <= 3_000 + TICK_MS, `${dialMs}`);
    assert.equal(stage.counters.row(0).dials.timeout, 1);
  });

  it("shares dial-deadline with the tries before it", async () => {
    const stage = await createStage({ backendCount: 3, pool: { dialTimeoutMs: 3_000, dialDeadlineMs: 4_000 } });
    letWait(stage);
    const client = stage.client();
    stage.pass(3_999);
    assert.deepEqual(dialCounts(stage), [1, 1, 0]);
    assert.equal(client.end, undefined);
    stage.pass(1 + TICK_MS);
    assert.deepEqual(dialCounts(stage), [1, 1, 0]);
    assert.deepEqual([stage.record().end, stage.record().error], ["dial-failed", "timeout"]);
    stage.assertNothingLeft();
  });

  it("is not followed by another when the deadline has passed meanwhile", async () => {
    const stage = await createStage({ backendCount: 2, pool: { dialTimeoutMs: 60_000, dialDeadlineMs: 2_000 } });
    letWait(stage);
    stage.client();
    // The process stands still, and the refusal is there when it wakes up.
    stage.clock.jump(5_000);
    stage.server(0).fail(failure("refused"));
    stage.settle();
    assert.deepEqual(dialCounts(stage), [1, 0]);
    assert.deepEqual([stage.record().end, stage.record().error], ["dial-failed", "ECONNREFUSED"]);
    stage.assertNothingLeft();
  });

  it("makes its backend suspect after a second, until it is answered, fails or is cancelled", async () => {
    const stage = await createStage({ backendCount: 2 });
    stage.server(0).otherwise = "wait";
    const clients = [stage.client(), stage.client(), stage.client()];
    stage.pass(SUSPECT_AFTER_MS - 1);
    assert.equal(stage.table.suspects[0], 0);
    stage.pass(1 + TICK_MS);
    assert.equal(stage.table.suspects[0], 3);
    stage.server(0).accept();
    stage.settle();
    assert.equal(stage.table.suspects[0], 2);
    stage.server(0).fail(failure("refused"));
    stage.settle();
    assert.equal(stage.table.suspects[0], 1);
    for (const client of clients) client.reset();
    stage.settle();
    stage.assertNothingLeft();
  });

  it(`keeps new sessions away with ${SUSPECT_DIALS} of its kind, while another backend can serve`, async () => {
    const stage = await createStage({ backendCount: 2 });
    letWait(stage);
    for (let count = 0; count < SUSPECT_DIALS; count++) stage.client();
    assert.deepEqual(dialCounts(stage), [3, 0]);
    stage.pass(SUSPECT_AFTER_MS + TICK_MS);
    stage.client();
    assert.deepEqual(dialCounts(stage), [3, 1]);
    // One answer is enough.
    stage.server(0).accept();
    stage.settle();
    stage.client();
    assert.deepEqual(dialCounts(stage), [4, 1]);
  });

  it("does not keep the only backend from new sessions", async () => {
    const stage = await createStage();
    letWait(stage);
    for (let count = 0; count < SUSPECT_DIALS; count++) stage.client();
    stage.pass(SUSPECT_AFTER_MS + TICK_MS);
    stage.client();
    assert.deepEqual(dialCounts(stage), [4]);
  });

  it("leaves no suspicion behind when its time is over", async () => {
    const stage = await createStage({ pool: { dialTimeoutMs: 1_500 } });
    letWait(stage);
    stage.client();
    stage.pass(SUSPECT_AFTER_MS + TICK_MS);
    assert.equal(stage.table.suspects[0], 1);
    stage.pass(1_000);
    assert.equal(stage.end(), "dial-failed");
    stage.assertNothingLeft();
  });
});

describe("Dialling: the trial after an ejection", () => {
  /** Two backends, the first of which was ejected; its time is over, and it lets dials wait. */
  async function afterEjection(): Promise<Stage> {
    const stage = await createStage({ backendCount: 2, pool: { ejection: strict } });
    stage.server(0).script.push(failure("refused"));
    stage.client();
    assert.deepEqual(usableRows(stage), [1]);
    stage.server(0).otherwise = "wait";
    stage.pass(strict.firstMs);
    assert.deepEqual(usableRows(stage), [0, 1]);
    return stage;
  }

  it("is one dial at a time: the others go elsewhere", async () => {
    const stage = await afterEjection();
    for (let count = 0; count < 5; count++) stage.client();
    assert.deepEqual(dialCounts(stage), [2, 5]);
  });

  it("brings the backend back when it succeeds", async () => {
    const stage = await afterEjection();
    stage.client();
    stage.server(0).accept();
    stage.settle();
    assert.equal(stage.reported.at(-1), "returned: main/b0");
    stage.client();
    stage.client();
    assert.deepEqual(dialCounts(stage), [4, 1]);
  });

  it("ejects the backend again, for longer, when it fails", async () => {
    const stage = await afterEjection();
    const client = stage.client();
    stage.server(0).fail(failure("refused"));
    stage.settle();
    assert.equal(client.end, undefined);
    assert.equal(stage.counters.row(0).ejections, 2);
    stage.pass(2 * strict.firstMs - TICK_MS);
    assert.deepEqual(usableRows(stage), [1]);
    stage.pass(TICK_MS);
    assert.deepEqual(usableRows(stage), [0, 1]);
  });

  it("is given to the next session when its client leaves", async () => {
    const stage = await afterEjection();
    const client = stage.client();
    client.reset();
    stage.settle();
    assert.equal(ejectionOf(stage.table.state[0] ?? 0), "ejected");
    stage.client();
    assert.deepEqual(dialCounts(stage), [3, 1]);
  });

  it("is given to the next session when this machine is short of something", async () => {
    const stage = await afterEjection();
    stage.client();
    stage.server(0).fail(failure("local"));
    stage.settle();
    assert.equal(stage.records.at(-1)?.end, "local-resource");
    stage.client();
    assert.deepEqual(dialCounts(stage), [3, 1]);
  });

  it("is given to the next session when it is aborted", async () => {
    const stage = await afterEjection();
    stage.client();
    stage.plane.abort("shutdown", ({ backendRow }) => backendRow === 0);
    stage.settle();
    stage.client();
    assert.deepEqual(dialCounts(stage), [3, 1]);
  });

  it("ends with its time, and the backend is ejected again", async () => {
    const stage = await afterEjection();
    const client = stage.client();
    stage.pass(3_000 + TICK_MS);
    assert.equal(client.end, undefined);
    assert.deepEqual(usableRows(stage), [1]);
    assert.equal(stage.reported.at(-2), "ejected: main/b0: timeout");
  });
});
