// Whoever reads the log: gone, asleep, or a full disk, clients do not notice.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, it } from "node:test";
import { programPath } from "../support/balancer-process.ts";
import { withDeadline } from "../support/deadline.ts";
import { connectPeer } from "../support/peer.ts";
import { startRefuser } from "../support/refuser.ts";

/** More lines than lb-tcp keeps for a reader. */
const SESSIONS = 14_000;
/** Divides every count of sessions here. */
const AT_ONCE = 20;
const KEPT_BYTES: number = 6 * 2 ** 20;

/** One answered connection. Plain sockets: a peer's own bookkeeping would take longer than the balancer. */
async function visit(port: number): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1" });
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString();
  });
  await withDeadline(once(socket, "close"), () => "an answer");
  assert.equal(answer, "ok");
}

async function serve(port: number, count: number): Promise<void> {
  for (let served = 0; served < count; served += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => visit(port)));
  }
}

interface Answering extends AsyncDisposable {
  readonly address: string;
}

async function startAnswering(): Promise<Answering> {
  const server = createServer((socket) => socket.on("error", () => {}).end("ok"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const bound = server.address();
  assert.ok(typeof bound === "object" && bound !== null);
  return {
    address: `127.0.0.1:${bound.port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}

async function listening(port: number): Promise<void> {
  const tryOnce = async (): Promise<void> => {
    try {
      (await connectPeer({ port })).reset();
    } catch {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await tryOnce();
    }
  };
  await withDeadline(tryOnce(), () => "lb-tcp to listen");
}

interface Started extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
}

async function start(upstream: string, stdout: "pipe" | "ignore", flags: string[]): Promise<Started> {
  await using place = await startRefuser();
  const args = [programPath, `--listen=127.0.0.1:${place.port}`, `--upstream=${upstream}`, "--probe=off", ...flags];
  const child = spawn(process.execPath, args, { stdio: ["ignore", stdout, "ignore"] });
  const exited = once(child, "exit");
  await listening(place.port);
  return {
    child,
    port: place.port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function endsInOrder({ child }: Started): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  assert.deepEqual(await withDeadline(exited, () => "lb-tcp to exit"), [0, null]);
}

describe("the log's reader", () => {
  it("may close its end", async () => {
    await using server = await startAnswering();
    await using started = await start(server.address, "pipe", []);
    started.child.stdout?.destroy();
    await serve(started.port, 200);
    await endsInOrder(started);
  });

  it("may stop reading: nothing blocks, so much is kept and no more, and what is lost is counted", async () => {
    await using server = await startAnswering();
    await using started = await start(server.address, "pipe", []);
    const { child, port } = started;
    child.stdout?.pause();
    await serve(port, SESSIONS);
    let log = "";
    const reported = new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('"log-dropped"')) resolve();
      });
    });
    const ended = once(child.stdout ?? child, "end");
    child.stdout?.resume();
    // At its end it waits for the reader for a second and no longer.
    await withDeadline(reported, () => "a report of lost lines: more is kept than should be");
    await endsInOrder(started);
    await withDeadline(ended, () => "the end of the log");
    const lines = log
      .trimEnd()
      .split("\n")
      .map((line): Record<string, unknown> => JSON.parse(line));
    const kept = lines.filter(({ event }) => event === "session").length;
    const lost = lines
      .filter(({ event }) => event === "log-dropped")
      .reduce((sum, { count }) => sum + Number(count), 0);
    // Besides those served: whoever asked whether the port is open yet, and the lines that are no sessions.
    assert.ok(kept + lost >= SESSIONS && kept + lost <= SESSIONS + 10, `${kept} kept and ${lost} lost`);
    assert.ok(log.length < KEPT_BYTES, `${log.length} bytes were kept`);
  });

  it("may be a full disk", async () => {
    await using server = await startAnswering();
    await using started = await start(server.address, "ignore", ["--log-output=/dev/full"]);
    await serve(started.port, 200);
    await endsInOrder(started);
  });
});
