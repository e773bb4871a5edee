import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ejectionOf, withEjection } from "../../src/backend/state.ts";
import type { RouteRule } from "../../src/route/rule.ts";
import type { PeekSnapshot } from "../../src/session/context.ts";
import type { MemoryPeer } from "../support/memory-peer.ts";
import { failure } from "../support/memory-server.ts";
import { createStage, type Stage, type StageOptions } from "../support/stage.ts";

const AUTO: PeekSnapshot = { as: "auto", timeoutMs: 3_000, byteCount: 16_384, strict: true };
const API: RouteRule = { when: { path: ["/api/*"] }, not: {}, target: { kind: "pool", pool: "api" } };
const ROWS = { main: 0, api: 1 } as const;

const GET = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
const GET_API = "GET /api/users?x=1 HTTP/1.1\r\nHost: example.com\r\n\r\n";

/** A listener that peeks, with a pool `main` and a pool `api` for paths below /api. */
function createPeeking(options: StageOptions = {}): Promise<Stage> {
  return createStage({
    pools: { api: {} },
    ...options,
    listener: { peek: AUTO, httpKeepAlive: "sticky", routes: [API], ...options.listener },
  });
}

function dialled(stage: Stage): number[] {
  return stage.servers.map(({ dialCount }) => dialCount);
}

async function connect(stage: Stage, bytes: string | Uint8Array): Promise<MemoryPeer> {
  const client = stage.connect();
  client.send(bytes);
  stage.settle();
  return client;
}

function end(stage: Stage, client: MemoryPeer, row: number): void {
  client.finish();
  stage.settle();
  stage.peer(row).finish();
  stage.settle();
  stage.assertNothingLeft();
}

describe("Approach: what a client speaks decides where it goes", () => {
  it("sends a request where its path leads, byte for byte", async () => {
    const stage = await createPeeking();
    const client = await connect(stage, `${GET_API}more`);
    assert.deepEqual(dialled(stage), [0, 1]);
    assert.equal(stage.peer(ROWS.api).receivedText, `${GET_API}more`);
    stage.peer(ROWS.api).send("HTTP/1.1 200 OK\r\n\r\n");
    stage.settle();
    assert.equal(client.receivedText, "HTTP/1.1 200 OK\r\n\r\n");
    end(stage, client, ROWS.api);
    const { protocol, method, host, path, pool, status, bytesUp } = stage.record();
    assert.deepEqual(
      { protocol, method, host, path, pool, status, bytesUp },
      {
        protocol: "http",
        method: "GET",
        host: "example.com",
        path: "/api/users",
        pool: "api",
        status: null,
        bytesUp: GET_API.length + 4,
      },
    );
  });

  it("waits for the head a byte at a time, and says how long that took", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    for (const byte of GET_API) {
      assert.deepEqual(dialled(stage), [0, 0]);
      client.send(byte);
      stage.clock.advance(1);
      stage.settle();
    }
    assert.equal(stage.peer(ROWS.api).receivedText, GET_API);
    end(stage, client, ROWS.api);
    assert.equal(stage.record().peekMs, GET_API.length);
  });

  for (const [what, bytes, protocol] of [
    ["Redis", "*1\r\n$4\r\nPING\r\n", "other"],
    ["PostgreSQL", Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), "other"],
    ["HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "h2"],
  ] as const) {
    it(`does not keep ${what} waiting`, async () => {
      const stage = await createPeeking();
      const client = await connect(stage, bytes);
      assert.deepEqual(stage.peer(ROWS.main).received, Buffer.from(bytes));
      end(stage, client, ROWS.main);
      assert.deepEqual([stage.record().protocol, stage.record().pool], [protocol, "main"]);
    });
  }

  it("sends to its pool what can't be told in time", async () => {
    const stage = await createPeeking();
    const client = await connect(stage, Buffer.from([0x16, 3, 1, 2, 0]));
    stage.pass(2_900);
    assert.deepEqual(dialled(stage), [0, 0]);
    stage.pass(200);
    assert.deepEqual(stage.peer(ROWS.main).received, Buffer.from([0x16, 3, 1, 2, 0]));
    end(stage, client, ROWS.main);
    assert.equal(stage.record().protocol, "other");
  });

  it("sends on what was sent by who has finished already", async () => {
    const stage = await createPeeking();
    const client = stage.connect();
    client.finish(GET_API);
    stage.settle();
    assert.deepEqual([stage.peer(ROWS.api).receivedText, stage.peer(ROWS.api).end], [GET_API, "finished"]);
    stage.peer(ROWS.api).finish();
    stage.settle();
    assert.equal(client.end, "finished");
    stage.assertNothingLeft();
  });

  it("relays the silence of a client that has finished without a byte", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).onAccept = (peer) => peer.finish("220 hello\r\n");
    const client = stage.connect();
    client.finish();
    stage.settle();
    assert.equal(client.receivedText, "220 hello\r\n");
    assert.equal(stage.record().protocol, "silent");
    stage.assertNothingLeft();
  });

  it("lets a client go that leaves meanwhile", async () => {
    const stage = await createPeeking();
    const client = await connect(stage, "GET / HT");
    client.reset();
    stage.settle();
    assert.deepEqual([stage.end(), dialled(stage)], ["client-gone", [0, 0]]);
    stage.assertNothingLeft();
  });

  it("leaves a record of who was aborted meanwhile", async () => {
    const stage = await createPeeking();
    const client = await connect(stage, "GET / HT");
    stage.plane.abort("shutdown");
    stage.settle();
    assert.deepEqual([client.end, stage.end(), stage.record().protocol], ["reset", "shutdown", null]);
    stage.assertNothingLeft();
  });
});

describe("Approach: who is turned away", () => {
  const strangers: RouteRule = { when: { host: ["forbidden.example"] }, not: {}, target: { kind: "reject", how: 403 } };

  for (const [what, sent, status, reason] of [
    ["a path that is unclear", "GET /api%2Fx HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad-request"],
    ["what a route rejects", "GET / HTTP/1.1\r\nHost: forbidden.example\r\n\r\n", 403, "denied"],
  ] as const) {
    it(`answers ${status} to ${what}`, async () => {
      const stage = await createPeeking({ listener: { routes: [strangers, API] } });
      const client = await connect(stage, sent);
      assert.match(client.receivedText, new RegExp(`^HTTP/1\\.1 ${status} .*Connection: close`, "s"));
      assert.equal(client.end, "finished");
      client.finish();
      stage.settle();
      assert.deepEqual([stage.end(), stage.record().status], [reason, status]);
      assert.deepEqual(stage.counters.lane(0).answers, { [status]: 1 });
      assert.deepEqual(dialled(stage), [0, 0]);
      stage.assertNothingLeft();
    });
  }

  it("serves what is not strict from its own pool, and counts it", async () => {
    const stage = await createPeeking({ listener: { peek: { ...AUTO, strict: false } } });
    const client = await connect(stage, "GET /api/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    assert.deepEqual(dialled(stage), [1, 0]);
    assert.equal(stage.counters.lane(0).irregular, 1);
    end(stage, client, ROWS.main);
  });

  it("answers 408 once a method and a blank have been seen", async () => {
    const stage = await createPeeking();
    const client = await connect(stage, "GET / HTTP/1.1\r\nHost");
    stage.pass(3_100);
    assert.match(client.receivedText, /^HTTP\/1\.1 408 /);
    client.finish();
    stage.settle();
    const { status, protocol } = stage.record();
    assert.deepEqual([stage.end(), status, protocol], ["peek-timeout", 408, "http"]);
    stage.assertNothingLeft();
  });

  it("answers 408 to who has finished within the head", async () => {
    const stage = await createPeeking();
    const client = stage.connect();
    client.finish("GET / HTTP/1.1\r\nHost");
    stage.settle();
    assert.match(client.receivedText, /^HTTP\/1\.1 408 /);
    assert.equal(stage.end(), "peek-timeout");
    stage.assertNothingLeft();
  });

  it("answers 431 to a head that is too large", async () => {
    const stage = await createPeeking({ listener: { peek: { ...AUTO, byteCount: 256 } } });
    const client = await connect(stage, `GET / HTTP/1.1\r\nCookie: ${"x".repeat(300)}`);
    assert.match(client.receivedText, /^HTTP\/1\.1 431 /);
    client.finish();
    stage.settle();
    assert.deepEqual([stage.end(), stage.record().status], ["peek-too-large", 431]);
    stage.assertNothingLeft();
  });

  it("answers 404 where no route leads, and closes without a byte what is not HTTP", async () => {
    for (const [sent, status] of [
      [GET, 404],
      ["\0\0", null],
    ] as const) {
      const stage = await createPeeking({ listener: { pool: undefined } });
      const client = await connect(stage, sent);
      assert.equal(client.receivedText.slice(0, 12), status === null ? "" : `HTTP/1.1 ${status}`);
      assert.equal(client.end, "finished");
      client.finish();
      stage.settle();
      assert.deepEqual([stage.end(), stage.record().status], ["no-route", status]);
      stage.assertNothingLeft();
    }
  });

  it("turns a client away at once that is not wanted whatever it speaks", async () => {
    const reject: RouteRule = { when: { client: ["192.0.2.0/24"] }, not: {}, target: { kind: "reject", how: "close" } };
    const stage = await createPeeking({ listener: { routes: [reject] } });
    const client = stage.client();
    assert.equal(client.end, "finished");
    client.finish();
    stage.settle();
    assert.deepEqual([stage.end(), stage.record().protocol], ["denied", null]);
    stage.assertNothingLeft();
  });

  for (const how of ["close", "reset"] as const) {
    it(`turns away by ${how}`, async () => {
      const reject: RouteRule = { when: { protocol: ["other"] }, not: {}, target: { kind: "reject", how } };
      const stage = await createPeeking({ listener: { routes: [reject] } });
      const client = await connect(stage, "\0\0");
      assert.deepEqual([client.receivedText, client.end], ["", how === "close" ? "finished" : "reset"]);
      client.finish();
      stage.settle();
      assert.equal(stage.end(), "denied");
      stage.assertNothingLeft();
    });
  }
});

describe("Approach: nobody serves", () => {
  for (const [protocol, sent, text, how] of [
    ["http", GET, /^HTTP\/1\.1 503 .*Retry-After: \d+.*Service not available/s, "finished"],
    ["h2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", /^$/, "finished"],
    ["other", "\0", /^$/, "reset"],
  ] as const) {
    it(`tells ${protocol} in its own way`, async () => {
      const stage = await createPeeking();
      stage.server(ROWS.main).otherwise = failure("refused");
      const client = await connect(stage, sent);
      assert.match(client.receivedText, text);
      assert.equal(client.end, how);
      client.finish();
      stage.settle();
      assert.deepEqual([stage.end(), stage.record().protocol], ["dial-failed", protocol]);
      stage.assertNothingLeft();
    });
  }

  it("sends the answer to HEAD without a body", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).otherwise = failure("refused");
    const client = await connect(stage, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.match(client.receivedText, /^HTTP\/1\.1 503 .*\r\n\r\n$/s);
  });
});

describe("Approach: servers that speak first", () => {
  it("dials for a client that is silent, and relays what the server says", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).onAccept = (peer) => peer.send("220 hello\r\n");
    const client = stage.client();
    stage.pass(200);
    assert.deepEqual(dialled(stage), [0, 0]);
    stage.pass(200);
    assert.equal(client.receivedText, "220 hello\r\n");
    client.send("EHLO me\r\n");
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, "EHLO me\r\n");
    end(stage, client, ROWS.main);
    assert.deepEqual([stage.record().protocol, stage.record().pool], ["silent", "main"]);
    assert.equal(stage.counters.row(ROWS.main).dials.ok, 1);
  });

  it("uses that connection for a client that speaks after all", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(500);
    assert.deepEqual(dialled(stage), [1, 0]);
    client.send(GET);
    stage.settle();
    assert.deepEqual(dialled(stage), [1, 0]);
    assert.equal(stage.peer(ROWS.main).receivedText, GET);
    end(stage, client, ROWS.main);
  });

  it("waits on for a dial that is under way when the client speaks", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).otherwise = "wait";
    const client = stage.client();
    stage.pass(500);
    client.send(GET);
    stage.settle();
    stage.server(ROWS.main).accept();
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, GET);
    end(stage, client, ROWS.main);
  });

  it("gives it back in order, and without blame, where a route leads elsewhere", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(500);
    client.send(GET_API);
    stage.settle();
    assert.equal(stage.peer(ROWS.api).receivedText, GET_API);
    assert.deepEqual([stage.peer(ROWS.main).receivedText, stage.peer(ROWS.main).end], ["", "finished"]);
    assert.equal(stage.table.active[ROWS.main], 1, "it counts until it has gone");
    stage.peer(ROWS.main).finish();
    stage.settle();
    assert.equal(stage.table.active[ROWS.main], 0);
    assert.deepEqual(stage.reported, []);
    end(stage, client, ROWS.api);
    assert.deepEqual([stage.record().pool, stage.record().attempts], ["api", 1]);
  });

  it("gives up a dial that is under way, where a route leads elsewhere", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).otherwise = "wait";
    const client = stage.client();
    stage.pass(500);
    client.send(GET_API);
    stage.settle();
    assert.equal(stage.server(ROWS.main).cancelCount, 1);
    assert.equal(stage.table.active[ROWS.main], 0);
    end(stage, client, ROWS.api);
  });

  it("gives it back where the backend has been removed meanwhile", async () => {
    const stage = await createPeeking({ backendCount: 2 });
    const client = stage.client();
    stage.pass(500);
    const [main, ...others] = stage.snapshot.pools;
    assert.ok(main !== undefined);
    stage.apply({ pools: [{ ...main, rows: main.rows.slice(1) }, ...others] });
    client.send(GET);
    stage.settle();
    assert.deepEqual([stage.peer(0).end, stage.peer(1).receivedText], ["finished", GET]);
    stage.peer(0).finish();
    end(stage, client, 1);
  });

  it("gives it back where a function names a pool that there is not", async () => {
    const stage = await createPeeking({ listener: { routes: [() => ({ pool: "typo" })] } });
    const client = stage.client();
    stage.pass(500);
    client.send(GET);
    stage.settle();
    assert.deepEqual([client.end, stage.peer(ROWS.main).end], ["reset", "finished"]);
    stage.peer(ROWS.main).finish();
    stage.settle();
    assert.equal(stage.end(), "internal");
    stage.assertNothingLeft();
  });

  it("leaves the trial of another session alone when it gives back one that succeeded", async () => {
    const stage = await createPeeking();
    const { table } = stage;
    table.changeState(ROWS.main, (word) => withEjection(word, "ejected"));
    const client = stage.client();
    stage.pass(500);
    assert.equal(ejectionOf(table.state[ROWS.main] ?? 0), "in");
    table.changeState(ROWS.main, (word) => withEjection(word, "trial"));
    client.send(GET_API);
    stage.settle();
    assert.equal(ejectionOf(table.state[ROWS.main] ?? 0), "trial");
    stage.peer(ROWS.main).finish();
    table.changeState(ROWS.main, (word) => withEjection(word, "in"));
    end(stage, client, ROWS.api);
  });

  it("has not found its backend by that, as whoever waits for the last clients of a pool sees it", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    const acceptedAtMs = stage.clock.nowMs();
    stage.pass(500);
    assert.equal(stage.sessions.oldest().undecidedAtMs, acceptedAtMs);
    stage.peer(ROWS.main).reset();
    stage.settle();
    assert.deepEqual(
      [stage.sessions.oldest().undecidedAtMs, [...stage.sessions.entries()][0]?.row],
      [acceptedAtMs, -1],
    );
    client.send(GET_API);
    stage.settle();
    assert.equal(stage.sessions.oldest().undecidedAtMs, Number.POSITIVE_INFINITY);
    end(stage, client, ROWS.api);
  });

  it("tries again for who speaks, where nobody could be reached before", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).script.push(failure("refused"));
    const client = stage.client();
    stage.pass(500);
    assert.deepEqual([client.end, dialled(stage)], [undefined, [1, 0]]);
    client.send(GET);
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, GET);
    end(stage, client, ROWS.main);
  });

  it("leaves the backend in order when the client leaves", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(500);
    client.reset();
    stage.settle();
    assert.equal(stage.end(), "client-gone");
    assert.equal(stage.peer(ROWS.main).end, "finished");
    stage.peer(ROWS.main).finish();
    stage.settle();
    stage.assertNothingLeft();
  });

  it("goes on with silence when the time is over", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(3_200);
    assert.deepEqual(dialled(stage), [1, 0]);
    client.send("late");
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, "late");
    end(stage, client, ROWS.main);
    assert.equal(stage.record().protocol, "silent");
  });

  it("is not done where nothing is to be dialled before the client speaks", async () => {
    const stage = await createPeeking({ listener: { dial: "on-data" } });
    const client = stage.client();
    stage.pass(10_000);
    assert.deepEqual(dialled(stage), [0, 0]);
    client.send(GET_API.slice(0, 10));
    stage.settle();
    client.send(GET_API.slice(10));
    stage.settle();
    assert.equal(stage.peer(ROWS.api).receivedText, GET_API);
    end(stage, client, ROWS.api);
  });

  it("goes where the silent go", async () => {
    const silent: RouteRule = { when: { protocol: ["silent"] }, not: {}, target: { kind: "pool", pool: "api" } };
    const stage = await createPeeking({ listener: { routes: [silent] } });
    stage.server(ROWS.api).onAccept = (peer) => peer.send("220 hello\r\n");
    const client = stage.client();
    stage.pass(500);
    assert.equal(client.receivedText, "220 hello\r\n");
    end(stage, client, ROWS.api);
  });

  it("asks a function once", async () => {
    const asked: string[] = [];
    const stage = await createPeeking({
      listener: {
        routes: [
          ({ protocol }) => {
            asked.push(protocol);
            return { pool: "api" };
          },
        ],
      },
    });
    const client = stage.client();
    stage.pass(500);
    assert.deepEqual([asked, dialled(stage)], [[], [1, 0]]);
    client.send(GET);
    stage.settle();
    assert.deepEqual([asked, stage.peer(ROWS.api).receivedText], [["http"], GET]);
    stage.peer(ROWS.main).finish();
    end(stage, client, ROWS.api);
  });
});
