import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runBackends } from "../../src/cli/backend.ts";
import { parseCommandLine, type Run } from "../../src/cli/command-line.ts";
import { LbError } from "../../src/errors.ts";
import { withDeadline } from "../support/deadline.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { createFakeSurface, type FakeSurface, type FakeSurfaceOptions } from "./fake-surface.ts";

function run(...argv: string[]): Run {
  const invocation = parseCommandLine(["backend", ...argv]);
  assert.equal(invocation.kind, "run");
  return invocation;
}

/** Runs backends until they have started, says where, and ends them. */
async function startedAs(argv: readonly string[], options: FakeSurfaceOptions = {}): Promise<string[]> {
  const surface = createFakeSurface(options);
  const code = runBackends(run(...argv), surface);
  const count = argv.find((each) => each.includes(","))?.split(",").length ?? 1;
  await surface.seen(new RegExp(`(?:Starting backend server[^]*){${count}}`));
  surface.events.emit("SIGTERM");
  assert.equal(await withDeadline(code, () => "the backends to end"), 0);
  assert.deepEqual(surface.events.eventNames(), []);
  return [...surface.printed().matchAll(/Starting backend server on (\S+):\d+ \((\S+)\)/g)].map(
    ([, host, name]) => `${name} on ${host}`,
  );
}

async function ask(surface: FakeSurface, path: string, which: number = 0): Promise<string> {
  const ports = [...surface.printed().matchAll(/127\.0\.0\.1:(\d+) \(/g)].map(([, port]) => Number(port));
  const peer = await connectPeer({ port: ports[which] ?? 0 });
  await peer.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const { first } = await peer.ended();
  peer.reset();
  await peer.closed();
  return first.toString();
}

async function problemsOf(argv: readonly string[], environment: Record<string, string> = {}): Promise<string[]> {
  try {
    await runBackends(run(...argv), createFakeSurface({ environment }));
  } catch (error) {
    assert.ok(error instanceof LbError);
    return (error.details.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("runBackends", () => {
  const places: readonly (readonly [
    situation: string,
    argv: readonly string[],
    environment: Record<string, string>,
    started: readonly string[],
  ])[] = [
    ["on the loopback address, without a name", ["--port=0"], {}, ["server on 127.0.0.1"]],
    ["several, each with a name", ["--port=0,0", "--name=a"], {}, ["a-1 on 127.0.0.1", "a-2 on 127.0.0.1"]],
    ["where SERVER_PORT and SERVER_NAME say", [], { SERVER_PORT: "0", SERVER_NAME: "b" }, ["b on 127.0.0.1"]],
    ["where PORT says", [], { PORT: "0" }, ["server on 127.0.0.1"]],
    ["where SERVER_PORT says, before PORT", [], { SERVER_PORT: "0", PORT: "x" }, ["server on 127.0.0.1"]],
    [
      "where the flags say, before the variables",
      ["-port=0", "--name=c"],
      { PORT: "x", SERVER_NAME: "b" },
      ["c on 127.0.0.1"],
    ],
    ["on the default name where the variable is empty", ["--port", "0"], { SERVER_NAME: " " }, ["server on 127.0.0.1"]],
    ["on an address", ["--port=127.0.0.2:0"], {}, ["server on 127.0.0.2"]],
  ];
  for (const [situation, argv, environment, started] of places) {
    it(
      `starts ${situation}`,
      withoutLeaks(async () => assert.deepEqual(await startedAs(argv, { environment }), started)),
    );
  }

  it(
    "starts on every address with a colon",
    withoutLeaks(async () => {
      const surface = createFakeSurface();
      const code = runBackends(run("--port=:0"), surface);
      await surface.seen(/Starting backend server on :\d+ \(server\)/);
      surface.events.emit("SIGTERM");
      assert.equal(await code, 0);
    }),
  );

  for (const signal of ["SIGTERM", "SIGINT", "SIGUSR1", "SIGHUP"]) {
    it(
      `ends with 0 after ${signal}`,
      withoutLeaks(async () => {
        const surface = createFakeSurface();
        const code = runBackends(run("--port=0"), surface);
        await surface.seen(/Starting/);
        surface.events.emit(signal);
        assert.equal(await withDeadline(code, () => "the backend to end"), 0);
      }),
    );
  }

  it(
    "prints what it is asked, with the time",
    withoutLeaks(async () => {
      const surface = createFakeSurface();
      const code = runBackends(run("--port=0", "--name=a"), surface);
      await surface.seen(/Starting/);
      assert.match(await ask(surface, "/"), /Hello from backend server on port: \d+, name: a\n$/);
      await surface.seen(/^\d\d:\d\d:\d\d\.\d{3}Z a: Received request from 127\.0\.0\.1:\d+: GET \/$/m);
      surface.events.emit("SIGINT");
      assert.equal(await code, 0);
    }),
  );

  it(
    "ends with 1 when the last one has died",
    withoutLeaks(async () => {
      const surface = createFakeSurface();
      const code = runBackends(run("--port=0,0"), surface);
      await surface.seen(/\(server-2\)/);
      await ask(surface, "/die", 0);
      assert.match(await ask(surface, "/health", 1), /ok\n$/);
      await ask(surface, "/die", 1);
      assert.equal(await withDeadline(code, () => "the backends to end"), 1);
    }),
  );

  const mistakes: readonly (readonly [
    argv: readonly string[],
    environment: Record<string, string>,
    problems: readonly string[],
  ])[] = [
    [
      ["--port=x,70000,unix:/tmp/x"],
      {},
      ["x", "70000", "unix:/tmp/x"].map(
        (text) => `--port: got "${text}", expected a port from 0 to 65535 (8081), or an address with one (:8081)`,
      ),
    ],
    [["--port"], {}, ["--port: has no value; write --port ADDRESS"]],
    [["--port=8081,:8081,8081"], {}, ["--port: the port 8081 is given twice; give it once"]],
    [
      [],
      { SERVER_PORT: "x" },
      ['SERVER_PORT: got "x", expected a port from 0 to 65535 (8081), or an address with one (:8081)'],
    ],
    [["8081"], {}, ["8081: belongs to no flag; did you mean --port 8081?"]],
    [["--port=1", "2", ""], {}, ["2", '""'].map((word) => `${word}: belongs to no flag; separate ports by commas`)],
    [["--name=a", "--name=b"], {}, ["--name: is given twice; give it once"]],
    [
      ["--listen=80", "--bogus", "--name"],
      {},
      [
        "--name: has no value; write --name NAME",
        "--bogus: unknown flag; --help lists all",
        "--listen: lb-tcp backend takes --port and --name only; leave it out",
      ],
    ],
  ];
  for (const [argv, environment, problems] of mistakes) {
    it(`refuses ${[...argv, ...Object.keys(environment)].join(" ")}`, async () => {
      assert.deepEqual((await problemsOf(argv, environment)).sort(), [...problems].sort());
    });
  }

  it(
    "leaves nothing behind when a port is taken",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const surface = createFakeSurface();
      await assert.rejects(runBackends(run(`--port=0,${server.port}`), surface), { code: "LB_ADDRESS_IN_USE" });
      assert.deepEqual(surface.events.eventNames(), []);
    }),
  );
});
