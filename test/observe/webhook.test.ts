import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WebhookConfig } from "../../src/config/config.ts";
import type { BackendEvent } from "../../src/observe/events.ts";
import type { PostMessage } from "../../src/observe/post.ts";
import { createWebhook, type Webhook } from "../../src/observe/webhook.ts";
import { createRecordedLog, type RecordedLog } from "../control/recorded-log.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const CONFIG: WebhookConfig = {
  url: "https://name:hunter2@hooks.internal/x",
  events: ["down", "up", "ejected", "returned"],
  timeoutMs: 5_000,
  queueLength: 3,
};

interface Attempt extends PostMessage {
  readonly atMs: number;
  /** Undefined: it is taken. */
  answer(reason?: string): Promise<void>;
}

interface Stage {
  readonly webhook: Webhook;
  readonly clock: FakeClock;
  readonly log: RecordedLog;
  /** In order; each waits until the test answers. */
  readonly attempts: readonly Attempt[];
  config: WebhookConfig | undefined;
}

function createStage(some: Partial<WebhookConfig> = {}): Stage {
  const clock = createFakeClock({ nowMs: 0 });
  const log = createRecordedLog();
  const attempts: Attempt[] = [];
  const webhook = createWebhook({
    clock,
    random: () => 0.5,
    log,
    instance: "abc123",
    config: () => stage.config,
    post: (message, signal) =>
      new Promise((resolve) => {
        const answer = async (reason?: string): Promise<void> => {
          resolve(reason);
          await nextTurn();
        };
        signal.addEventListener("abort", () => resolve("ABORT_ERR"));
        attempts.push({ ...message, atMs: clock.nowMs(), answer });
      }),
  });
  const stage: Stage = { webhook, clock, log, attempts, config: { ...CONFIG, ...some } };
  return stage;
}

function eventOf(name: string, event: BackendEvent["event"] = "down"): BackendEvent {
  const at = "2026-01-01T00:00:00.000Z";
  return { event, pool: "web", backend: `web/${name}`, address: "10.0.0.1:80", reason: "probe: ECONNREFUSED", at };
}

/** Which backends the attempts were about. */
function told({ attempts }: Stage): readonly string[] {
  return attempts.map(({ body }) => {
    const parsed: BackendEvent = JSON.parse(body);
    return parsed.backend.replace("web/", "");
  });
}

/** Lets what was promised happen. */
async function passed({ clock }: Stage, ms: number): Promise<void> {
  clock.advance(ms);
  await nextTurn();
}

describe("a webhook", () => {
  it("is told what has happened, where, why, when, and by whom", () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    const [attempt] = stage.attempts;
    assert.deepEqual([attempt?.url, attempt?.timeoutMs], [CONFIG.url, 5_000]);
    assert.deepEqual(JSON.parse(attempt?.body ?? ""), {
      event: "down",
      pool: "web",
      backend: "web/a",
      reason: "probe: ECONNREFUSED",
      at: "2026-01-01T00:00:00.000Z",
      instance: "abc123",
    });
  });

  it("is told one thing after the other, in order", async () => {
    const stage = createStage();
    for (const name of ["a", "b", "c"]) stage.webhook.tell(eventOf(name));
    assert.deepEqual(told(stage), ["a"]);
    await stage.attempts[0]?.answer();
    assert.deepEqual(told(stage), ["a", "b"]);
    await stage.attempts[1]?.answer();
    await stage.attempts[2]?.answer();
    assert.deepEqual(told(stage), ["a", "b", "c"]);
    stage.webhook.tell(eventOf("d"));
    assert.deepEqual(told(stage), ["a", "b", "c", "d"]);
    assert.deepEqual(stage.log.lines, []);
  });

  it("is not told what it does not want to know", () => {
    const stage = createStage({ events: ["up"] });
    for (const event of ["down", "ejected", "returned", "added", "removed"] as const) {
      stage.webhook.tell(eventOf("a", event));
    }
    assert.deepEqual(told(stage), []);
    stage.webhook.tell(eventOf("a", "up"));
    assert.deepEqual(told(stage), ["a"]);
  });

  it("is told the same again after a failure, later and later, before anything else", async () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    stage.webhook.tell(eventOf("b"));
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = stage.attempts.length;
      await stage.attempts[before - 1]?.answer("status 500");
      await passed(stage, pauseMs - 1);
      assert.equal(stage.attempts.length, before);
      await passed(stage, 1);
      assert.equal(stage.attempts.length, before + 1);
    }
    assert.deepEqual(new Set(told(stage)), new Set(["a"]));
    assert.equal(new Set(stage.attempts.map(({ body }) => body)).size, 1);
  });

  it("goes on with the next when it has failed eight times", async () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    stage.webhook.tell(eventOf("b"));
    for (let attempt = 0; attempt < 8; attempt++) {
      await stage.attempts[attempt]?.answer("status 500");
      if (attempt < 7) await passed(stage, 30_000);
    }
    assert.deepEqual(told(stage), [...Array<string>(8).fill("a"), "b"]);
    assert.deepEqual(
      stage.log.of("webhook-lost").map(({ level, fields }) => [level, fields["count"], fields["reason"]]),
      [["error", 1, "8 attempts have failed"]],
    );
  });

  it("says once a minute that it fails, without what is secret, and once that it is well again", async () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    await stage.attempts[0]?.answer("status 500");
    await passed(stage, 1_000);
    await stage.attempts[1]?.answer("status 500");
    await passed(stage, 2_000);
    await stage.attempts[2]?.answer();
    stage.webhook.tell(eventOf("b"));
    await stage.attempts[3]?.answer();
    const url = "https://hooks.internal/…";
    assert.deepEqual(stage.log.lines, [
      {
        level: "warn",
        event: "webhook-failed",
        fields: { url, reason: "status 500", count: 1 },
        message: `The webhook at ${url} did not take what it was told: status 500`,
      },
      {
        level: "info",
        event: "webhook-recovered",
        fields: { url },
        message: `The webhook at ${url} takes what it is told again`,
      },
    ]);
  });

  it("loses the oldest of those that wait when they are too many, and says how many", async () => {
    const stage = createStage({ queueLength: 3 });
    for (const name of ["a", "b", "c", "d", "e", "f"]) stage.webhook.tell(eventOf(name));
    assert.equal(stage.log.of("webhook-lost")[0]?.fields["reason"], "more than 3 wait for it");
    for (let index = 0; index < 4; index++) await stage.attempts[index]?.answer();
    assert.deepEqual(told(stage), ["a", "d", "e", "f"]);
    await passed(stage, 60_000);
    assert.deepEqual(
      stage.log.of("webhook-lost").map(({ fields }) => fields["count"]),
      [1, 1],
    );
  });

  it("may be another one from the next attempt on: what waits is told there", async () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    stage.webhook.tell(eventOf("b"));
    stage.config = { ...CONFIG, url: "http://other/", timeoutMs: 100 };
    await stage.attempts[0]?.answer("status 410");
    await passed(stage, 1_000);
    assert.deepEqual([stage.attempts[1]?.url, stage.attempts[1]?.timeoutMs], ["http://other/", 100]);
    assert.equal(stage.attempts[1]?.body, stage.attempts[0]?.body);
  });

  it("forgets what waits when there is none any more, and begins anew when there is one again", async () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    stage.webhook.tell(eventOf("b"));
    stage.config = undefined;
    stage.webhook.tell(eventOf("c"));
    await stage.attempts[0]?.answer("status 500");
    await passed(stage, 1_000);
    stage.config = CONFIG;
    stage.webhook.tell(eventOf("d"));
    assert.deepEqual(told(stage), ["a", "d"]);
  });

  it("leaves nothing behind that runs", async () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    await stage.attempts[0]?.answer("status 500");
    const closed = stage.webhook.close();
    await nextTurn();
    await stage.attempts[1]?.answer();
    await closed;
    assert.equal(stage.clock.pendingTimers, 0);
  });
});

describe("a webhook that closes", () => {
  it("has nothing to wait for when everything was told", async () => {
    const stage = createStage();
    await stage.webhook.close();
    assert.equal(stage.clock.pendingTimers, 0);
    stage.webhook.tell(eventOf("a"));
    assert.deepEqual(told(stage), []);
  });

  it("tells what waits, without the pause that it is in", async () => {
    const stage = createStage();
    stage.webhook.tell(eventOf("a"));
    stage.webhook.tell(eventOf("b"));
    await stage.attempts[0]?.answer("status 500");
    const closed = stage.webhook.close();
    await nextTurn();
    await stage.attempts[1]?.answer();
    await stage.attempts[2]?.answer();
    await closed;
    assert.deepEqual(told(stage), ["a", "a", "b"]);
    assert.deepEqual(stage.log.of("webhook-lost"), []);
  });

  it("tries each once: what fails then is lost with all that waits", async () => {
    const stage = createStage();
    for (const name of ["a", "b", "c"]) stage.webhook.tell(eventOf(name));
    const closed = stage.webhook.close();
    await stage.attempts[0]?.answer("ECONNREFUSED");
    await closed;
    assert.deepEqual(told(stage), ["a"]);
    assert.deepEqual(stage.log.of("webhook-lost")[0]?.fields, {
      url: "https://hooks.internal/…",
      reason: "the balancer has closed",
      count: 3,
    });
  });

  it("waits for a second and no longer", async () => {
    const stage = createStage();
    for (const name of ["a", "b"]) stage.webhook.tell(eventOf(name));
    let isClosed = false;
    const closed = stage.webhook.close().then(() => {
      isClosed = true;
    });
    await passed(stage, 999);
    assert.ok(!isClosed);
    await passed(stage, 1);
    await closed;
    assert.equal(stage.log.of("webhook-lost").length, 1);
    assert.deepEqual(stage.log.of("webhook-failed"), []);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  it("gives everybody who asks the same promise", () => {
    const { webhook } = createStage();
    assert.equal(webhook.close(), webhook.close());
  });
});
