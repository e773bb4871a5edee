// A configuration file that changes while the program runs.

import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type RunningProgram, startProgram } from "../cli/running-program.ts";
import { startTraffic } from "../control/traffic.ts";
import { visit } from "../control/visit.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { connectPeer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";

const folder = makeTemporaryFolder("cli-reload");
after(() => rmSync(folder, { recursive: true }));

const FLAGS = (process.env["BALANCER_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");

function file(backends: readonly PeerServer[], more = ""): string {
  return `
version: 1
log: { format: json, access: off }
listeners:
  web: { listen: "127.0.0.1:0", pool: web }
pools:
  web: { policy: round-robin, probe: { interval: 1s }, backends: [${backends.map(({ address }) => address).join(", ")}] }
${more}`;
}

async function startWith(path: string): Promise<{ program: RunningProgram; port: number }> {
  const program = startProgram([`--config=${path}`, ...FLAGS]);
  const [, port] = await program.seen(/"event":"listening".*"address":"127\.0\.0\.1:(\d+)"/);
  return { program, port: Number(port) };
}

const RELOADED = /"event":"reload"[^\n]*"result":"ok"/g;

/** Resolves when so many reloads have gone well. */
async function reloaded(program: RunningProgram, count: number): Promise<void> {
  await program.seen(new RegExp(`(?:${RELOADED.source}[^]*?){${count}}`));
}

describe("lb-tcp --config", () => {
  it("takes a changed file at SIGHUP and by itself, and loses nobody", async () => {
    await using a = await startPeerServer(echo);
    await using b = await startPeerServer(echo);
    const path = join(folder, "signal.yaml");
    writeFileSync(path, file([a]));
    const { program, port } = await startWith(path);
    await using _program = program;
    const traffic = startTraffic(() => visit(port));
    await traffic.more(10);
    writeFileSync(path, file([a, b]));
    program.signal("SIGHUP");
    await reloaded(program, 1);
    await traffic.more(20);
    await b.next();
    writeFileSync(`${path}.new`, file([b]));
    renameSync(`${path}.new`, path);
    await program.seen(/"event":"reload"[^\n]*backends removed: web/);
    const before = a.peers.length;
    await traffic.more(20);
    assert.ok(a.peers.length <= before + 4);
    assert.deepEqual(await traffic.stop(), []);
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
    assert.equal(program.stderr(), "");
  });

  it("stays as it is where the file is a bad one, and says all that is wrong", async () => {
    await using a = await startPeerServer(echo);
    const path = join(folder, "bad.yaml");
    writeFileSync(path, file([a]));
    const { program, port } = await startWith(path);
    await using _program = program;
    writeFileSync(path, file([a], "  api: { polcy: random, attempts: none }\n"));
    const [line] = await program.seen(/^[^\n]*"event":"reload"[^\n]*"result":"failed"[^\n]*$/m);
    for (const part of [`${path}:8:`, "polcy", "attempts", "nothing has changed"]) assert.ok(line.includes(part), line);
    await visit(port);
    rmSync(path);
    await program.seen(/"result":"failed"[^]*"result":"failed"/);
    await visit(port);
    writeFileSync(path, file([a], "process: { max-connections: 1000 }\n"));
    await program.seen(/"event":"reload"[^\n]*need a restart to take effect: process\.max-connections/);
    await visit(port);
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
  });

  it("takes what Kubernetes puts into a ConfigMap, and a deny file beside it", async () => {
    await using a = await startPeerServer(echo);
    const place = join(folder, "configmap");
    mkdirSync(place);
    const access = `  guarded: { listen: "127.0.0.1:0", pool: web, access: { deny-file: ${join(place, "deny.txt")} } }`;
    const text = file([a]).replace("pools:", `${access}\npools:`);
    const publish = (version: number, deny: string): void => {
      mkdirSync(join(place, `..${version}`));
      writeFileSync(join(place, `..${version}`, "lb.yaml"), text);
      writeFileSync(join(place, `..${version}`, "deny.txt"), deny);
      symlinkSync(`..${version}`, join(place, "..data_tmp"));
      renameSync(join(place, "..data_tmp"), join(place, "..data"));
      if (version > 1) rmSync(join(place, `..${version - 1}`), { recursive: true });
    };
    publish(1, "# nobody\n");
    for (const name of ["lb.yaml", "deny.txt"]) symlinkSync(`..data/${name}`, join(place, name));
    const { program } = await startWith(join(place, "lb.yaml"));
    await using _program = program;
    const [, guarded] = await program.seen(/"listener":"guarded","address":"127\.0\.0\.1:(\d+)"/);
    await visit(Number(guarded));
    publish(2, "127.0.0.1\n");
    await reloaded(program, 1);
    const client = await connectPeer({ port: Number(guarded) });
    assert.equal((await client.ended()).how, "reset");
    publish(3, "# nobody\n");
    await reloaded(program, 2);
    await visit(Number(guarded));
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
  });
});
