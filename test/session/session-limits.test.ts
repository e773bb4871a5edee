import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createClientMemory } from "../../src/session/client-table.ts";
import { TICK_MS } from "../../src/session/wheel.ts";
import { listenerSnapshot } from "../support/snapshots.ts";
import { createStage, type Stage } from "../support/stage.ts";

function perClient(change: { maxConnections?: number; ratePerSecond?: number; burst?: number; tableSize?: number }) {
  const { tableSize = 100, ...limits } = change;
  const none = Number.POSITIVE_INFINITY;
  const memory = createClientMemory(tableSize, 7);
  return { id: 1, memory, maxConnections: none, ratePerSecond: none, burst: 1, ipv6Prefix: 64, ...limits };
}

function comeFrom(stage: Stage, ip: string) {
  const client = stage.connect({ ip });
  stage.settle();
  return client;
}

describe("Session: access", () => {
  it("resets who is denied, before any backend is dialled", async () => {
    const stage = await createStage({ listener: { access: { allow: undefined, deny: ["192.0.2.0/24"] } } });
    assert.equal(comeFrom(stage, "192.0.2.7").end, "reset");
    assert.deepEqual([stage.record().end, stage.record().pool], ["denied", null]);
    assert.equal(stage.server(0).dialCount, 0);
    stage.assertNothingLeft();
    assert.equal(comeFrom(stage, "192.0.3.7").end, undefined);
  });

  it("goes by the list of the newest snapshot", async () => {
    const stage = await createStage();
    const before = comeFrom(stage, "192.0.2.7");
    stage.apply({ listeners: [listenerSnapshot({ revision: 2, access: { allow: ["10.0.0.0/8"], deny: [] } })] });
    assert.equal(comeFrom(stage, "192.0.2.7").end, "reset");
    assert.equal(before.end, undefined, "who is in stays in");
    assert.equal(comeFrom(stage, "10.0.0.1").end, undefined);
  });
});

describe("Session: the client that a PROXY header names", () => {
  const acceptProxy = { from: ["10.0.0.0/8"], policy: "require", versions: ["v1", "v2"], timeoutMs: 5_000 } as const;
  const headerOf = (ip: string): string => `PROXY TCP4 ${ip} 192.0.2.1 1234 80\r\n`;

  it("is whom access lists and limits speak of, and not the proxy", async () => {
    const access = { allow: undefined, deny: ["198.51.100.7"] };
    const stage = await createStage({ listener: { acceptProxy, access, perClient: perClient({ maxConnections: 1 }) } });
    const ends = ["198.51.100.7", "198.51.100.8", "198.51.100.8", "198.51.100.9"].map((ip) => {
      const client = comeFrom(stage, "10.0.0.1");
      assert.equal(client.end, undefined, "nobody has been named yet");
      client.send(headerOf(ip));
      stage.settle();
      return client.end;
    });
    assert.deepEqual(ends, ["reset", undefined, "reset", undefined]);
    assert.deepEqual(
      stage.records.map(({ end, client, peer }) => [end, client, peer?.split(":")[0]]),
      [
        ["denied", "198.51.100.7:1234", "10.0.0.1"],
        ["over-limit", "198.51.100.8:1234", "10.0.0.1"],
      ],
    );
  });

  it("is the socket's own where nobody is trusted to name another", async () => {
    const access = { allow: undefined, deny: ["198.51.100.7"] };
    const stage = await createStage({ listener: { acceptProxy, access } });
    assert.equal(comeFrom(stage, "198.51.100.7").end, "reset");
  });
});

describe("Session: limits for each client", () => {
  it("lets a client have so many sessions at once, and another one when one has ended", async () => {
    const stage = await createStage({ listener: { perClient: perClient({ maxConnections: 2 }) } });
    const first = comeFrom(stage, "192.0.2.7");
    comeFrom(stage, "192.0.2.7");
    assert.equal(comeFrom(stage, "192.0.2.7").end, "reset");
    assert.deepEqual([stage.record().end, stage.record().error], ["over-limit", "max-connections of the client"]);
    assert.equal(comeFrom(stage, "192.0.2.8").end, undefined);
    first.reset();
    stage.settle();
    assert.equal(comeFrom(stage, "192.0.2.7").end, undefined);
  });

  it("notes in the session table where a client is counted", async () => {
    const limits = perClient({ maxConnections: 2 });
    const stage = await createStage({ listener: { perClient: limits } });
    comeFrom(stage, "192.0.2.7");
    const [entry] = stage.sessions.entries();
    assert.deepEqual([entry?.clientTable, (entry?.clientPlace ?? -1) >= 0], [1, true]);
  });

  it("lets a client come so often", async () => {
    const stage = await createStage({ listener: { perClient: perClient({ ratePerSecond: 1, burst: 2 }) } });
    const ends = Array.from({ length: 3 }, () => comeFrom(stage, "192.0.2.7").end);
    assert.deepEqual(ends, [undefined, undefined, "reset"]);
    assert.equal(stage.record().end, "rate-limited");
    stage.pass(1_000);
    assert.equal(comeFrom(stage, "192.0.2.7").end, undefined);
  });

  it("says that the table is full when clients are counted with their neighbours", async () => {
    const stage = await createStage({ listener: { perClient: perClient({ maxConnections: 1, tableSize: 1 }) } });
    comeFrom(stage, "192.0.2.7");
    assert.equal(comeFrom(stage, "198.51.100.7").end, undefined);
    assert.equal(comeFrom(stage, "198.51.100.8").end, "reset");
    assert.deepEqual(stage.reported, ["table full: front", "table full: front"]);
  });
});

describe("Session: limit of the listener", () => {
  it("holds, beside the one of the process", async () => {
    const stage = await createStage({ listener: { maxConnections: 1 } });
    const first = stage.client();
    assert.equal(stage.client().end, "reset");
    assert.deepEqual([stage.record().end, stage.record().error], ["over-limit", "max-connections of the listener"]);
    first.reset();
    stage.settle();
    assert.equal(stage.client().end, undefined);
  });
});

describe("Session: max-lifetime with jitter", () => {
  it("ends a session earlier by up to so much, by chance, and never later", async () => {
    const stage = await createStage({ listener: { maxLifetimeMs: 100_000, maxLifetimeJitter: 0.2 } });
    const startMs = stage.clock.nowMs();
    for (let count = 0; count < 50; count++) stage.client();
    stage.pass(79_900);
    assert.deepEqual(stage.records, []);
    stage.pass(10_000);
    const { length: half } = stage.records.slice();
    assert.ok(half > 10 && half < 40, `${half} of 50 by the middle`);
    stage.pass(startMs + 100_000 + TICK_MS - stage.clock.nowMs());
    assert.equal(stage.records.length, 50);
    assert.deepEqual(new Set(stage.records.map(({ end }) => end)), new Set(["max-lifetime"]));
    stage.assertNothingLeft();
  });
});
