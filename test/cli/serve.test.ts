import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseCommandLine } from "../../src/cli/command-line.ts";
import type { ExitCode } from "../../src/cli/failure.ts";
import { loadRun } from "../../src/cli/load.ts";
import { type ServeOptions, serve } from "../../src/cli/serve.ts";
import type { Loaded } from "../../src/config/load.ts";
import type { Balancer } from "../../src/control/balancer.ts";
import { configError, LbError } from "../../src/errors.ts";
import { until } from "../control/crew.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withDeadline } from "../support/deadline.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";
import { createFakeSurface, type FakeSurface, type FakeSurfaceOptions } from "./fake-surface.ts";

const folder = makeTemporaryFolder("serve");
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function logFile(): string {
  files += 1;
  return `${folder}/log-${files}`;
}

function load(surface: FakeSurface, ...argv: string[]): Loaded {
  const invocation = parseCommandLine(["--listen=127.0.0.1:0", "--log-format=json", "--probe=off", ...argv]);
  assert.equal(invocation.kind, "run");
  return loadRun(invocation, surface);
}

interface Fixture {
  readonly surface: FakeSurface;
  readonly clock: FakeClock;
  readonly log: string;
  readonly balancer: Balancer;
  readonly code: Promise<ExitCode>;
  readonly signal: (name: NodeJS.Signals) => void;
}

/** A balancer that listens over `upstream`. The signals have a clock of their own, which stands still. */
async function start(
  upstream: string,
  flags: readonly string[] = [],
  options: FakeSurfaceOptions & ServeOptions & { readonly log?: string } = {},
): Promise<Fixture> {
  const clock = createFakeClock();
  const surface = createFakeSurface({ ...options, clock });
  const { log = logFile() } = options;
  let code: Promise<ExitCode> | undefined;
  const balancer = await withDeadline(
    new Promise<Balancer>((resolve, reject) => {
      const loaded = load(surface, `--upstream=${upstream}`, `--log-output=${log}`, ...flags);
      code = serve(loaded, surface, { ...options, onListening: resolve });
      code.catch(reject);
    }),
    () => "the balancer to listen",
  );
  assert.ok(code);
  return {
    surface,
    clock,
    log,
    balancer,
    code: withDeadline(code, () => "the balancer to end"),
    signal: (name) => void surface.events.emit(name),
  };
}

/** A client with a session to the backend, and the backend's side of it. */
async function startSession({ balancer }: Fixture, server: PeerServer): Promise<{ client: Peer; backend: Peer }> {
  const client = await connectPeer({ port: balancer.addresses()[0]?.port ?? 0 });
  const backend = await server.next();
  await client.send("ping");
  await backend.received(4);
  return { client, backend };
}

function events(log: string): readonly string[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => String(JSON.parse(line).event));
}

describe("serve", () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGUSR1"] as const) {
    it(
      `ends with 0 after ${signal}, and leaves no listener behind`,
      withoutLeaks(async () => {
        await using server = await startPeerServer();
        const fixture = await start(server.address);
        fixture.signal(signal);
        assert.equal(await fixture.code, 0);
        assert.deepEqual(fixture.surface.events.eventNames(), []);
        assert.equal(fixture.surface.complained(), "");
        assert.equal(events(fixture.log).at(-1), "stopped");
      }),
    );
  }

  for (const signals of [["SIGTERM"], ["SIGUSR1"], ["SIGUSR1", "SIGTERM"], ["SIGTERM", "SIGUSR1"]] as const) {
    it(
      `lets sessions finish after ${signals.join(" and ")}`,
      withoutLeaks(async () => {
        await using server = await startPeerServer();
        const fixture = await start(server.address);
        const { client, backend } = await startSession(fixture, server);
        for (const signal of signals) {
          fixture.signal(signal);
          fixture.clock.advance(1_000);
        }
        while (fixture.balancer.addresses().length > 0) await nextTurn();
        await backend.finish("pong");
        await client.received(4);
        await client.finish();
        assert.equal(await fixture.code, 0);
        assert.equal((await client.ended()).how, "finished");
        assert.deepEqual(
          events(fixture.log).filter((event) => ["drain", "session", "stopped"].includes(event)),
          ["drain", "session", "stopped"],
        );
      }),
    );
  }

  it(
    "resets sessions at a second signal, and ends with 1",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address);
      const { client } = await startSession(fixture, server);
      fixture.signal("SIGTERM");
      fixture.clock.advance(100);
      fixture.signal("SIGTERM");
      assert.equal(await fixture.code, 1);
      assert.equal((await client.ended()).how, "reset");
      fixture.clock.advance(10_000);
    }),
  );

  it(
    "cuts the shutdown delay short at a second signal",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address, ["--shutdown-delay=1h"]);
      fixture.signal("SIGTERM");
      fixture.signal("SIGINT");
      assert.equal(await fixture.code, 1);
      fixture.clock.advance(10_000);
    }),
  );

  it(
    "accepts for the shutdown delay after SIGTERM",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address, ["--shutdown-delay=1h"]);
      fixture.signal("SIGTERM");
      const { client, backend } = await startSession(fixture, server);
      await backend.finish();
      await client.finish();
      await client.ended();
      fixture.signal("SIGINT");
      assert.equal(await fixture.code, 1);
      fixture.clock.advance(10_000);
    }),
  );

  const impatient: readonly (readonly [situation: string, hurry: (fixture: Fixture) => void])[] = [
    ["half a second after a second signal", ({ clock }) => clock.advance(500)],
    ["at a third signal", ({ signal }) => signal("SIGINT")],
  ];
  for (const [situation, hurry] of impatient) {
    it(
      `ends ${situation}, whatever there is still to do`,
      withoutLeaks(async () => {
        await using server = await startPeerServer();
        const fixture = await start(server.address);
        fixture.balancer.close = () => new Promise(() => {});
        fixture.signal("SIGTERM");
        fixture.signal("SIGINT");
        let code: ExitCode | undefined;
        void fixture.code.then((value) => {
          code = value;
        });
        for (let turn = 0; turn < 10; turn++) await nextTurn();
        assert.equal(code, undefined);
        hurry(fixture);
        assert.equal(await fixture.code, 1);
        fixture.clock.advance(10_000);
      }),
    );
  }

  it("does not wait for a start that waits for names", async () => {
    const surface = createFakeSurface();
    const loaded = load(surface, "--upstream=never.invalid:80", `--log-output=${logFile()}`);
    const options = { ...loaded.options, lookup: () => new Promise<never>(() => {}) };
    let hasListened = false;
    const code = serve({ ...loaded, options }, surface, {
      onListening: () => {
        hasListened = true;
      },
    });
    surface.events.emit("SIGTERM");
    assert.equal(await code, 0);
    assert.equal(hasListened, false);
  });

  it(
    "rejects when it can't listen, and leaves nothing behind",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const surface = createFakeSurface();
      const loaded = load(surface, `--upstream=${server.address}`, `--listen=${server.address}`, "--log-level=silent");
      await assert.rejects(
        serve(loaded, surface),
        (error) => error instanceof LbError && error.code === "LB_ADDRESS_IN_USE",
      );
      assert.deepEqual(surface.events.eventNames(), []);
    }),
  );

  it(
    "rejects when the name to listen on does not resolve",
    withoutLeaks(async () => {
      const surface = createFakeSurface();
      const loaded = load(surface, "--upstream=127.0.0.1:1", "--listen=nowhere.invalid:0", "--log-level=silent");
      const lookup = (): Promise<never> => Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" }));
      await assert.rejects(
        serve({ ...loaded, options: { ...loaded.options, lookup } }, surface),
        (error) => error instanceof LbError && error.code === "LB_ADDRESS_UNKNOWN",
      );
    }),
  );

  it(
    "stops in order after an error that nobody caught, says so once on one line, and ends with 1",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address);
      const { client, backend } = await startSession(fixture, server);
      for (const message of ["x is not\na function", "another"]) {
        fixture.surface.events.emit("uncaughtException", new TypeError(message));
      }
      await backend.finish("pong");
      await client.received(4);
      await client.finish();
      assert.equal(await fixture.code, 1);
      assert.equal((await client.ended()).how, "finished");
      assert.equal(
        fixture.surface.complained(),
        "lb-tcp: internal error, stopping: x is not a function; please report it\n",
      );
    }),
  );

  it(
    "says at SIGHUP that there is nothing to reload, and goes on",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address);
      fixture.signal("SIGHUP");
      assert.equal(
        fixture.surface.complained(),
        "lb-tcp: warning: SIGHUP: nothing to reload, because the configuration came from flags and not a file\n",
      );
      const { client } = await startSession(fixture, server);
      client.reset();
      fixture.signal("SIGTERM");
      assert.equal(await fixture.code, 0);
    }),
  );

  it(
    "reads its configuration anew at SIGHUP and when the file has changed, and stays as it is where that is a bad one",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const path = `${folder}/config`;
      writeFileSync(path, "1");
      const log = logFile();
      const options = { listeners: { default: { listen: "127.0.0.1:0" } }, pools: { default: { backends: [] } } };
      const source = {
        paths: () => [path],
        load(): Loaded {
          const attempts = Number(readFileSync(path, "utf8"));
          if (Number.isNaN(attempts)) throw configError([{ path: `${path}:1:1`, message: "expected a number" }]);
          const pool = { backends: [server.address], attempts, probe: "off" } as const;
          const process = { shutdownDelayMs: 0, drainTimeoutMs: 25_000 };
          const more = { pools: { default: pool }, log: { output: log }, workers: "auto" } as const;
          return { options: { ...options, ...more }, process, warnings: [], files: [path], file: undefined };
        },
      };
      const fixture = await start(server.address, [], { source, log });
      const { balancer, clock } = fixture;
      const reloaded = (ok: number, failed: number): Promise<void> =>
        until(() => {
          const { reloads } = balancer.stats().config;
          return reloads.ok === ok && reloads.failed === failed;
        }, `${ok} good reloads and ${failed} bad ones`);
      fixture.signal("SIGHUP");
      await reloaded(1, 0);
      writeFileSync(path, "nonsense");
      clock.advance(10_001);
      await reloaded(1, 1);
      assert.equal(balancer.stats().config.lastError, `${path}:1:1: expected a number`);
      writeFileSync(path, "2");
      clock.advance(10_001);
      await reloaded(2, 1);
      const { client } = await startSession(fixture, server);
      client.reset();
      fixture.signal("SIGTERM");
      assert.equal(await fixture.code, 0);
      assert.equal(fixture.surface.complained(), "");
      assert.equal(events(log).filter((event) => event === "reload").length, 3);
    }),
  );

  it(
    "stops at SIGHUP where a terminal that goes away is to end it",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address, [], { onHangUp: "stop" });
      fixture.signal("SIGHUP");
      assert.equal(await fixture.code, 0);
    }),
  );

  it(
    "opens the log anew at SIGUSR2, after it was moved away",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address);
      const moved = `${fixture.log}.1`;
      renameSync(fixture.log, moved);
      fixture.signal("SIGUSR2");
      fixture.signal("SIGTERM");
      assert.equal(await fixture.code, 0);
      assert.equal(events(fixture.log).at(-1), "stopped");
      assert.ok(!events(moved).includes("stopped"));
    }),
  );

  it(
    "goes on with the old log when it can't open another",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const own = makeTemporaryFolder("serve-log");
      const fixture = await start(server.address, [], { log: `${own}/log` });
      renameSync(own, `${own}-moved`);
      fixture.signal("SIGUSR2");
      assert.match(
        fixture.surface.complained(),
        /^lb-tcp: warning: log output \S+: can't be opened for writing \(ENOENT\): .*; it goes on with the old file\n$/,
      );
      fixture.signal("SIGTERM");
      assert.equal(await fixture.code, 0);
      assert.equal(events(`${own}-moved/log`).at(-1), "stopped");
      rmSync(`${own}-moved`, { recursive: true });
    }),
  );

  it(
    "tells a person what it waits for",
    withoutLeaks(async () => {
      await using server = await startPeerServer();
      const fixture = await start(server.address, [], { terminals: { stdout: true, stderr: true } });
      const { client } = await startSession(fixture, server);
      fixture.signal("SIGINT");
      assert.equal(
        fixture.surface.complained(),
        "lb-tcp: stopping, and waiting for 1 session to end; a second signal ends it at once\n",
      );
      client.reset();
      assert.equal(await fixture.code, 0);
    }),
  );
});
