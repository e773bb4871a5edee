import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RouteRule } from "../../src/route/rule.ts";
import { failure } from "../support/memory-server.ts";
import { API, AUTO, connect, createPeeking, dialled, end, GET, GET_API, ROWS } from "./peeking-stage.ts";

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
  it("is waited for no longer once all are aborted, and ends as it did", async () => {
    const stage = await createPeeking({ listener: { pool: undefined } });
    const client = await connect(stage, GET);
    assert.deepEqual([stage.records, stage.plane.abort("shutdown")], [[], 0]);
    stage.settle();
    assert.match(client.receivedText, /^HTTP\/1.1 404 /);
    assert.equal(stage.end(), "no-route");
    stage.assertNothingLeft();
  });

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
