import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { after, describe, it } from "node:test";
import { parseCommandLine, type Run } from "../../src/cli/command-line.ts";
import { runDemo } from "../../src/cli/demo.ts";
import type { ExitCode } from "../../src/cli/failure.ts";
import { LbError } from "../../src/errors.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withDeadline } from "../support/deadline.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { createFakeSurface, type FakeSurface } from "./fake-surface.ts";

const folder = makeTemporaryFolder("demo");
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function run(...argv: string[]): Run {
  const invocation = parseCommandLine(["demo", ...argv]);
  assert.equal(invocation.kind, "run");
  return invocation;
}

interface Demo {
  readonly surface: FakeSurface;
  readonly log: () => readonly Record<string, unknown>[];
  /** Of the balancer. */
  readonly port: number;
  readonly backendPorts: readonly number[];
  end(signal?: string): Promise<ExitCode>;
}

async function start(argv: readonly string[], environment: Record<string, string> = {}): Promise<Demo> {
  files += 1;
  const path = `${folder}/log-${files}`;
  const surface = createFakeSurface({ environment });
  const code = runDemo(run(`--log-output=${path}`, "--log-format=json", ...argv), surface);
  const [, port, ports = ""] = await Promise.race([
    surface.seen(/http:\/\/\S+?:(\d+) over three backends, on the ports ([\d, ]+)\./),
    code.then((ended) => Promise.reject(new Error(`the demo ended with ${ended}: ${surface.complained()}`))),
  ]);
  return {
    surface,
    port: Number(port),
    backendPorts: ports.split(", ").map(Number),
    log: () =>
      readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    end(signal = "SIGTERM") {
      surface.events.emit(signal);
      return withDeadline(code, () => "the demo to end");
    },
  };
}

async function ask(port: number, path: string = "/"): Promise<string> {
  const peer = await connectPeer({ port });
  await peer.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await peer.finish();
  const { how, first } = await peer.ended();
  await peer.closed();
  assert.equal(how, "finished");
  return first.toString();
}

async function problemsOf(argv: readonly string[], environment: Record<string, string> = {}): Promise<string[]> {
  try {
    await runDemo(run(...argv), createFakeSurface({ environment }));
  } catch (error) {
    assert.ok(error instanceof LbError);
    assert.equal(error.code, "LB_CONFIG");
    return (error.details.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("runDemo", () => {
  it(
    "balances over three backends, which take turns",
    withoutLeaks(async () => {
      const demo = await start(["--listen=127.0.0.1:0"]);
      const answers = [await ask(demo.port), await ask(demo.port), await ask(demo.port)];
      const ports = answers.map((answer) => Number(/on port: (\d+)/.exec(answer)?.[1]));
      assert.deepEqual(new Set(ports), new Set(demo.backendPorts));
      assert.equal(await demo.end(), 0);
      assert.deepEqual(demo.surface.events.eventNames(), []);
    }),
  );

  it(
    "loses no request while a backend is dead, and logs that it leaves",
    withoutLeaks(async () => {
      const demo = await start(["--listen=127.0.0.1:0", "--probe-interval=100ms", "--rise=1"]);
      // For longer than the test takes on any machine: how it returns is the business of other tests.
      assert.match(await ask(demo.backendPorts[0] ?? 0, "/die?ms=60000"), /server-1 dies for 60000 ms/);
      for (let count = 0; count < 9; count++) assert.match(await ask(demo.port), /^HTTP\/1\.1 200 /);
      await demo.surface.seen(/over three backends/);
      assert.equal(await demo.end(), 0);
      const events = demo.log().filter(({ backend }) => backend === "default/server-1");
      assert.ok(events.some(({ event }) => event === "down" || event === "ejected"));
    }),
  );

  it(
    "ends with 0 when its terminal goes away",
    withoutLeaks(async () => {
      const demo = await start(["--port=127.0.0.1:0"]);
      assert.equal(await demo.end("SIGHUP"), 0);
    }),
  );

  const environments: readonly (readonly [situation: string, environment: Record<string, string>])[] = [
    ["LB_TCP_LISTEN", { LB_TCP_LISTEN: "127.0.0.1:0" }],
    ["PROXY_PORT", { PROXY_PORT: "0" }],
    ["its own backends, whatever LB_TCP_UPSTREAM says", { LB_TCP_LISTEN: "localhost:0", LB_TCP_UPSTREAM: "x:1" }],
  ];
  for (const [situation, environment] of environments) {
    it(
      `takes ${situation}`,
      withoutLeaks(async () => {
        const demo = await start([], environment);
        assert.match(await ask(demo.port), /Hello from backend server/);
        assert.equal(await demo.end(), 0);
      }),
    );
  }

  it(
    "probes more often than by default, unless it is told otherwise",
    withoutLeaks(async () => {
      const demo = await start(["--listen=127.0.0.1:0", "--policy=round-robin", "--idle-timeout=5m"], {
        LB_TCP_FALL: "7",
      });
      assert.equal(await demo.end(), 0);
    }),
  );

  it(
    "starts nothing when a port is taken",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const surface = createFakeSurface();
      await assert.rejects(
        runDemo(run(`--listen=127.0.0.1:0,127.0.0.1:${server.port}`, "--log-level=silent"), surface),
        { code: "LB_ADDRESS_IN_USE" },
      );
      assert.deepEqual(surface.events.eventNames(), []);
      assert.equal(surface.complained(), "");
    }),
  );

  const mistakes: readonly (readonly [
    argv: readonly string[],
    environment: Record<string, string>,
    problems: readonly RegExp[],
  ])[] = [
    [["--upstream=a:1"], {}, [/^--upstream: the demo brings its own backends; /]],
    [["-backends=a:1"], {}, [/^--backends: the demo brings its own backends; /]],
    [
      ["now", "--bogus", "--rise", "--policy=x"],
      { LB_TCP_FALL: "x" },
      [
        /^--rise: has no value/,
        /^--bogus: unknown/,
        /^now: lb-tcp demo takes flags only/,
        /^--policy: /,
        /^LB_TCP_FALL: /,
      ],
    ],
    [["--listen=127.0.0.1:99999"], {}, [/^--listen: /]],
  ];
  for (const [argv, environment, problems] of mistakes) {
    it(`refuses ${argv.join(" ")}`, async () => {
      const found = await problemsOf(argv, environment);
      for (const problem of problems)
        assert.equal(found.filter((each) => problem.test(each)).length, 1, String(problem));
      assert.equal(found.length, problems.length);
    });
  }
});
