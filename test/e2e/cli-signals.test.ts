// Signals and uncaught errors, as a process has them.

import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { startProgram } from "../cli/running-program.ts";
import { type BalancerProcess, startBalancer } from "../support/balancer-process.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";

const folder = makeTemporaryFolder("signals");
after(() => rmSync(folder, { recursive: true }));

// A probe would be the backend's first connection.
const FLAGS = ["--probe=off"];

/** Throws in the program, where nobody catches it, at SIGWINCH. */
function throwing(statement: string): Record<string, string> {
  const module = encodeURIComponent(`process.on("SIGWINCH", () => { ${statement} })`);
  return { NODE_OPTIONS: `--import=data:text/javascript,${module}` };
}

async function startSession(balancer: BalancerProcess, server: PeerServer): Promise<{ client: Peer; backend: Peer }> {
  const client = await connectPeer({ port: balancer.port });
  const backend = await server.next();
  await client.send("ping");
  await backend.received(4);
  return { client, backend };
}

async function finish({ client, backend }: { client: Peer; backend: Peer }): Promise<void> {
  await backend.finish("pong");
  await client.received(4);
  await client.finish();
  assert.equal((await client.ended()).how, "finished");
}

describe("lb-tcp", () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGUSR1"] as const) {
    it(`lets sessions finish after ${signal}, says what came of them, and ends with 0`, async () => {
      await using server = await startPeerServer();
      await using balancer = await startBalancer([server.address], FLAGS);
      const session = await startSession(balancer, server);
      balancer.signal(signal);
      const drain = await balancer.line(({ event }) => event === "drain");
      assert.equal(drain["sessions"], 1);
      await assert.rejects(connectPeer({ port: balancer.port }), { code: "ECONNREFUSED" });
      await finish(session);
      assert.equal(await balancer.exited(), 0);
      const stopped = await balancer.line(({ event }) => event === "stopped");
      assert.deepEqual([stopped["finished"], stopped["reset"]], [1, 0]);
      // Nor a word of Node's inspector, which SIGUSR1 starts by default.
      assert.equal(balancer.errors(), "");
    });
  }

  it("ends with 0 when SIGTERM comes while it drains", async () => {
    await using server = await startPeerServer();
    await using balancer = await startBalancer([server.address], FLAGS);
    const session = await startSession(balancer, server);
    balancer.signal("SIGUSR1");
    await balancer.line(({ event }) => event === "drain");
    balancer.signal("SIGTERM");
    await finish(session);
    assert.equal(await balancer.exited(), 0);
  });

  it("resets sessions and ends with 1 at a second signal", async () => {
    await using server = await startPeerServer();
    await using balancer = await startBalancer([server.address], [...FLAGS, "--drain-timeout=1h"]);
    const { client } = await startSession(balancer, server);
    balancer.signal("SIGTERM");
    await balancer.line(({ event }) => event === "drain");
    // Another one than the first is no echo of it.
    balancer.signal("SIGINT");
    assert.equal((await client.ended()).how, "reset");
    assert.equal(await balancer.exited(), 1);
    const stopped = await balancer.line(({ event }) => event === "stopped");
    assert.deepEqual([stopped["finished"], stopped["reset"]], [0, 1]);
  });

  it("accepts for the shutdown delay, and then drains", async () => {
    await using server = await startPeerServer();
    await using balancer = await startBalancer([server.address], [...FLAGS, "--shutdown-delay=300ms"]);
    balancer.signal("SIGTERM");
    await balancer.line(({ event }) => event === "shutdown-delay");
    assert.equal(await balancer.exited(), 0);
  });

  it("goes on after SIGHUP and SIGPIPE", async () => {
    await using server = await startPeerServer();
    await using balancer = await startBalancer([server.address], FLAGS);
    balancer.signal("SIGPIPE");
    balancer.signal("SIGHUP");
    await finish(await startSession(balancer, server));
    assert.equal(await balancer.end(), 0);
    assert.match(balancer.errors(), /^lb-tcp: warning: SIGHUP: nothing to reload, [^\n]*\n$/);
  });

  it("opens its log anew at SIGUSR2", async () => {
    await using server = await startPeerServer();
    const path = `${folder}/log`;
    await using program = startProgram([
      `--upstream=${server.address}`,
      "--listen=127.0.0.1:0",
      `--log-output=${path}`,
      "--log-level=info",
      ...FLAGS,
    ]);
    while (!existsSync(path) || !readFileSync(path, "utf8").includes('"listening"')) await nextTurn();
    renameSync(path, `${path}.1`);
    program.signal("SIGUSR2");
    while (!existsSync(path)) await nextTurn();
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
    assert.ok(readFileSync(path, "utf8").includes('"stopped"'));
    assert.ok(!readFileSync(`${path}.1`, "utf8").includes('"stopped"'));
    assert.equal(program.stderr(), "");
  });

  for (const [what, statement] of [
    ["an error that nobody caught", 'throw new TypeError("a bug")'],
    ["a promise that nobody waited for", 'Promise.reject(new TypeError("a bug"))'],
  ] as const) {
    it(`stops in order after ${what}, and ends with 1`, async () => {
      await using server = await startPeerServer();
      await using balancer = await startBalancer([server.address], FLAGS, { environment: throwing(statement) });
      const session = await startSession(balancer, server);
      balancer.signal("SIGWINCH");
      await balancer.line(({ event }) => event === "drain");
      await finish(session);
      assert.equal(await balancer.exited(), 1);
      assert.equal(balancer.errors(), "lb-tcp: internal error, stopping: a bug; please report it\n");
    });

    it(`ends a backend with 1 after ${what}`, async () => {
      await using program = startProgram(["backend", "--port=0"], throwing(statement));
      await program.seen(/Starting backend server/);
      program.signal("SIGWINCH");
      assert.equal(await program.exited(), 1);
      assert.equal(program.stderr(), "lb-tcp: internal error: a bug; please report it\n");
    });
  }
});

describe("lb-tcp backend", () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1"] as const) {
    it(`ends with 0 after ${signal}`, async () => {
      await using program = startProgram(["backend"], { PORT: "0", SERVER_NAME: "a" });
      await program.seen(/Starting backend server on 127\.0\.0\.1:\d+ \(a\)/);
      program.signal(signal);
      assert.equal(await program.exited(), 0);
      assert.equal(program.stderr(), "");
    });
  }
});
