// The demo and its backends, as somebody meets them who tries lb-tcp for the first time.

import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { systemCode } from "../../src/errors.ts";
import { startProgram } from "../cli/running-program.ts";

async function ask(url: string): Promise<{ status: number | undefined; body: string }> {
  const request = get(url, { agent: false });
  const [response]: IncomingMessage[] = await once(request, "response");
  assert.ok(response);
  return { status: response.statusCode, body: await text(response) };
}

async function hold(port: number, signal: AbortSignal): Promise<Server | undefined> {
  while (!signal.aborted) {
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return server;
    } catch (error) {
      assert.equal(systemCode(error), "EADDRINUSE");
      await nextTurn();
    }
  }
  return undefined;
}

describe("lb-tcp demo", () => {
  it("shows backends take turns, and one die and return without a failed request", async () => {
    // A probe every two seconds, as by default, might be late for the death of 2.5 s on a machine that is busy.
    const environment = { LB_TCP_PROBE_INTERVAL: "200ms" };
    await using program = startProgram(["demo", "--listen", "127.0.0.1:0"], environment);
    const [, url = "", ports = ""] = await program.seen(/balances (http:\S+) over three backends, on the ports (.*)\./);
    await program.seen(/(?:"up"[^]*){3}/);
    const names = new Set<string | undefined>();
    for (let count = 0; count < 3; count++) names.add(/name: (\S+)/.exec((await ask(`${url}/`)).body)?.[1]);
    assert.deepEqual(names, new Set(["server-1", "server-2", "server-3"]));

    const [first] = ports.split(", ");
    assert.match((await ask(`http://127.0.0.1:${first}/die?ms=1`)).body, /server-1 dies for 1 ms/);
    for (let count = 0; count < 12; count++) assert.equal((await ask(`${url}/`)).status, 200);

    assert.match((await ask(`http://127.0.0.1:${ports.split(", ")[1]}/die?ms=2500`)).body, /server-2 dies for 2500 ms/);
    await program.seen(/"event":"(?:down|ejected)","pool":"default","backend":"default\/server-2"/);
    assert.equal((await ask(`${url}/`)).status, 200);
    await program.seen(
      /"(?:down|ejected)","pool":"default","backend":"default\/server-2"[^]*"(?:up|returned)","pool":"default","backend":"default\/server-2"/,
    );
    assert.equal((await ask(`${url}/`)).status, 200);

    program.signal("SIGINT");
    assert.equal(await program.exited(), 0);
  });

  it("ends with 1 and one line when a port of its backends is taken", async (context) => {
    // The one fixed port of all tests, as the demo has fixed ports; another run of this test may hold it for a while.
    const server = await hold(8082, AbortSignal.timeout(10_000));
    if (server === undefined) {
      context.skip("the port 8082 is somebody else's");
      return;
    }
    await using program = startProgram(["demo"]);
    assert.equal(await program.exited(), 1);
    assert.equal(program.stdout(), "");
    assert.match(
      program.stderr(),
      /^lb-tcp: cannot start a backend on 127\.0\.0\.1:808[123]: the port is in use; stop [^\n]*, or run `lb-tcp demo --listen 127\.0\.0\.1:0`, which takes free ports\n$/,
    );
    server.close();
  });
});

describe("lb-tcp over lb-tcp backend", () => {
  it("is started as simplelb is, and goes on when one of two backends is gone", async () => {
    await using one = startProgram(["backend", "--port", "0"], { SERVER_NAME: "one" });
    await using two = startProgram(["backend"], { PORT: "0", SERVER_NAME: "two" });
    const ports = await Promise.all([one, two].map((backend) => backend.seen(/on 127\.0\.0\.1:(\d+) \(/)));
    const urls = ports.map(([, port]) => `http://localhost:${port}`);
    // With several workers each has turns of its own.
    const flags = ["-port=127.0.0.1:0", "-log-format=json", "-workers=1"];
    await using balancer = startProgram([`-backends=${urls.join(",")}`, ...flags]);
    const [, address] = await balancer.seen(/"listening".*"address":"([^"]+)"/);
    const bodies = [await ask(`http://${address}/`), await ask(`http://${address}/`)].map(({ body }) => body);
    for (const name of ["one", "two"])
      assert.ok(
        bodies.some((body) => body.endsWith(`name: ${name}\n`)),
        name,
      );

    assert.match((await ask(`${urls[0]}/die`)).body, /one dies for good/);
    assert.equal(await one.exited(), 1);
    for (let count = 0; count < 4; count++) assert.match((await ask(`http://${address}/`)).body, /name: two\n$/);
    await balancer.seen(/"(?:down|ejected)"/);
    balancer.signal("SIGTERM");
    assert.equal(await balancer.exited(), 0);
  });
});
