import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { type DemoBackend, type DemoBackendOptions, startDemoBackend } from "../../src/cli/demo-backend.ts";
import { LbError } from "../../src/errors.ts";
import { withDeadline } from "../support/deadline.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";

interface Fixture extends AsyncDisposable {
  readonly backend: DemoBackend;
  readonly clock: FakeClock;
  readonly said: string[];
  readonly deaths: () => number;
}

async function start(options: Partial<DemoBackendOptions> = {}): Promise<Fixture> {
  const clock = createFakeClock();
  const said: string[] = [];
  let deaths = 0;
  const backend = await startDemoBackend({
    name: "a",
    host: "127.0.0.1",
    port: 0,
    clock,
    say: (line) => said.push(line),
    deadForMs: Number.POSITIVE_INFINITY,
    onDead: () => deaths++,
    ...options,
  });
  return { backend, clock, said, deaths: () => deaths, [Symbol.asyncDispose]: () => backend.close() };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function ask(port: number, path: string, options: { method?: string; body?: string } = {}): Promise<Answer> {
  const request = httpRequest({ host: "127.0.0.1", port, path, agent: false, method: options.method ?? "GET" });
  request.end(options.body);
  const [response]: IncomingMessage[] = await once(request, "response");
  assert.ok(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Everything that is said, until `pattern` is. */
async function heard(fixture: Fixture, pattern: RegExp): Promise<void> {
  const found = (async () => {
    while (!fixture.said.some((line) => pattern.test(line))) await new Promise((resolve) => setImmediate(resolve));
  })();
  await withDeadline(found, () => `${String(pattern)}, after\n${fixture.said.join("\n")}`);
}

describe("startDemoBackend", () => {
  it(
    "says its name and port, and asks for a new connection",
    withoutLeaks(async () => {
      await using fixture = await start();
      const { port } = fixture.backend;
      const { status, headers, body } = await ask(port, "/");
      assert.equal(status, 200);
      assert.equal(headers.connection, "close");
      assert.equal(headers["content-type"], "text/plain; charset=utf-8");
      assert.equal(body, `backend server is running\nHello from backend server on port: ${port}, name: a\n`);
    }),
  );

  it(
    "says when it starts and what it is asked, in the words of go-load-balancer",
    withoutLeaks(async () => {
      await using fixture = await start();
      await ask(fixture.backend.port, "/health?x=1");
      assert.equal(fixture.said[0], `Starting backend server on 127.0.0.1:${fixture.backend.port} (a)`);
      assert.match(fixture.said[1] ?? "", /^a: Received request from 127\.0\.0\.1:\d+: GET \/health\?x=1$/);
    }),
  );

  it(
    "listens on every address without a host",
    withoutLeaks(async () => {
      await using fixture = await start({ host: undefined });
      assert.equal((await ask(fixture.backend.port, "/health")).body, "ok\n");
      assert.equal(fixture.said[0], `Starting backend server on :${fixture.backend.port} (a)`);
    }),
  );

  const answers: readonly (readonly [path: string, status: number, body: string])[] = [
    ["/health", 200, "ok\n"],
    ["/bytes?n=3", 200, "lb-"],
    ["/bytes?n=0", 200, ""],
    ["/none", 404, "there are: / /health /slow?ms=N /bytes?n=N /echo /die?ms=N\n"],
    ["//", 404, "there are: / /health /slow?ms=N /bytes?n=N /echo /die?ms=N\n"],
    ["http://[", 404, "there are: / /health /slow?ms=N /bytes?n=N /echo /die?ms=N\n"],
  ];
  for (const [path, status, body] of answers) {
    it(
      `answers ${path} with ${status}`,
      withoutLeaks(async () => {
        await using fixture = await start();
        const answer = await ask(fixture.backend.port, path);
        assert.deepEqual({ status: answer.status, body: answer.body }, { status, body });
      }),
    );
  }

  for (const [query, length] of [
    ["?n=1000000", 1_000_000],
    ["?n=-1", 1_024],
    ["?n=x", 1_024],
    ["", 1_024],
  ] as const) {
    it(
      `sends ${length} bytes for /bytes${query}`,
      withoutLeaks(async () => {
        await using fixture = await start();
        const { headers, body } = await ask(fixture.backend.port, `/bytes${query}`);
        assert.deepEqual([headers["content-length"], body.length], [String(length), length]);
      }),
    );
  }

  it(
    "sends no bytes for HEAD, however many there were to be",
    withoutLeaks(async () => {
      await using fixture = await start();
      const { headers, body } = await ask(fixture.backend.port, "/bytes?n=9999999999999", { method: "HEAD" });
      assert.deepEqual([headers["content-length"], body], [String(10 * 2 ** 30), ""]);
    }),
  );

  it(
    "echoes what is sent",
    withoutLeaks(async () => {
      await using fixture = await start();
      const body = "x".repeat(300_000);
      assert.equal((await ask(fixture.backend.port, "/echo", { method: "POST", body })).body, body);
    }),
  );

  it(
    "survives clients that leave in the middle",
    withoutLeaks(async () => {
      await using fixture = await start();
      const { port } = fixture.backend;
      for (const path of ["/echo", "/slow", "/bytes?n=9999999999"]) {
        const peer = await connectPeer({ port });
        await peer.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`);
        await heard(fixture, new RegExp(`POST ${path.replace("?", "\\?")}`));
        peer.reset();
        await peer.closed();
      }
      assert.equal((await ask(port, "/health")).body, "ok\n");
    }),
  );

  it(
    "takes its time for /slow, and no timer for a client that has left",
    withoutLeaks(async () => {
      await using fixture = await start();
      const { backend, clock } = fixture;
      const answer = ask(backend.port, "/slow?ms=250");
      await heard(fixture, /slow/);
      assert.equal(clock.pendingTimers, 1);
      clock.advance(250);
      assert.equal((await answer).body, "waited 250 ms on a\n");
      const gone = ask(backend.port, "/slow?ms=99999999").catch(() => {});
      await heard(fixture, /99999999/);
      await backend.close();
      await gone;
      assert.equal(clock.pendingTimers, 0);
    }),
  );

  it(
    "dies: whoever has the answer finds nobody any more, until it returns to the same port",
    withoutLeaks(async () => {
      // Holds the port: while the backend is dead nobody else is given it.
      await using place = await startRefuser();
      const { port } = place;
      await using fixture = await start({ deadForMs: 10_000, port });
      const { clock, deaths } = fixture;
      const { body } = await ask(port, "/die");
      assert.equal(body, "a dies for 10000 ms\n");
      await assert.rejects(ask(port, "/"), { code: "ECONNREFUSED" });
      await heard(fixture, /^a: is dead for 10000 ms$/);
      while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(9_999);
      await assert.rejects(ask(port, "/"), { code: "ECONNREFUSED" });
      clock.advance(1);
      await heard(fixture, new RegExp(`^a: is back on port ${port}$`));
      assert.equal((await ask(port, "/health")).body, "ok\n");
      assert.equal(deaths(), 0);
    }),
  );

  it(
    "cuts what is open when it dies",
    withoutLeaks(async () => {
      await using fixture = await start();
      const slow = ask(fixture.backend.port, "/slow?ms=60000");
      await heard(fixture, /slow/);
      await ask(fixture.backend.port, "/die");
      await assert.rejects(slow, { code: "ECONNRESET" });
    }),
  );

  it(
    "dies for good, and says so once, even when two ask for it",
    withoutLeaks(async () => {
      await using fixture = await start();
      const { port } = fixture.backend;
      const [one, other] = [await connectPeer({ port }), await connectPeer({ port })];
      for (const peer of [one, other]) await peer.send("GET /die HTTP/1.1\r\nHost: x\r\n\r\n");
      await Promise.all([one.ended(), other.ended()]);
      for (const peer of [one, other]) peer.reset();
      while (fixture.deaths() === 0) await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([one.closed(), other.closed()]);
      assert.equal(fixture.deaths(), 1);
      assert.equal(fixture.said.filter((line) => line.endsWith("is dead for good")).length, 1);
    }),
  );

  it(
    "does not come back once it is closed",
    withoutLeaks(async () => {
      const fixture = await start({ deadForMs: 1_000 });
      await ask(fixture.backend.port, "/die");
      while (fixture.clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
      await fixture.backend.close();
      await fixture.backend.close();
      assert.equal(fixture.clock.pendingTimers, 0);
    }),
  );

  it(
    "says that it can't come back when its port is taken meanwhile, and stays dead",
    withoutLeaks(async () => {
      await using place = await startRefuser();
      const { port } = place;
      await using fixture = await start({ deadForMs: 1_000, port });
      await ask(port, "/die");
      await using _other = await startPeerServer(() => {}, { port });
      while (fixture.clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
      fixture.clock.advance(1_000);
      await heard(
        fixture,
        new RegExp(`^a: could not come back: cannot start a backend on 127.0.0.1:${port}: the port`),
      );
      assert.equal(fixture.deaths(), 1);
    }),
  );

  it(
    "shows nothing of a request that a terminal would obey",
    withoutLeaks(async () => {
      await using fixture = await start();
      const peer = await connectPeer({ port: fixture.backend.port });
      await peer.send(Buffer.from("GET /\u009b31m HTTP/1.1\r\nHost: x\r\n\r\n", "latin1"));
      await peer.ended();
      peer.reset();
      await peer.closed();
      for (const line of fixture.said) assert.doesNotMatch(line, /[\p{Cc}]/u);
    }),
  );

  it(
    "says who is in the way of a port",
    withoutLeaks(async () => {
      const taken = createServer().listen(0, "127.0.0.1");
      await once(taken, "listening");
      const address = taken.address();
      assert.ok(typeof address === "object" && address !== null);
      await assert.rejects(
        start({ port: address.port }),
        (error) =>
          error instanceof LbError &&
          error.code === "LB_ADDRESS_IN_USE" &&
          error.message ===
            `cannot start a backend on 127.0.0.1:${address.port}: the port is in use; stop the other process (\`ss -ltnp\` shows it)`,
      );
      taken.close();
      await once(taken, "close");
    }),
  );

  it(
    "says what else the system refuses",
    withoutLeaks(async () => {
      await assert.rejects(start({ host: "192.0.2.1" }), { code: "LB_LISTEN" });
    }),
  );
});
