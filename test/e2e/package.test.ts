// The package as npm has it, in the place of a container: no engine is at hand, so the steps of the Dockerfile are taken by
// hand.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { echo } from "../support/behaviours.ts";
import { type ChildServer, makeTemporaryFolder, startChildServer } from "../support/child-server.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { startRefuser } from "../support/refuser.ts";

// From dist/test/e2e.
const root: string = fileURLToPath(new URL("../../../", import.meta.url));
const dockerfile: string = readFileSync(join(root, "src/cli/print/Dockerfile"), "utf8");
const folder = makeTemporaryFolder("package");
const account = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : undefined;

/** What `npm ci --omit=dev` would install, from what is installed here. */
function copyDependencies(into: string): void {
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
    readFileSync(join(root, "package-lock.json"), "utf8"),
  );
  for (const [path, { dev = false }] of Object.entries(lock.packages)) {
    if (path === "" || dev) continue;
    try {
      cpSync(join(root, path), join(into, path), { recursive: true, dereference: true });
    } catch (error) {
      // Of another platform.
      assert.equal((error as { code?: unknown }).code, "ENOENT");
    }
  }
}

/** An instruction's command in the exec form. */
function command(instruction: RegExp): string[] {
  const parsed: unknown = JSON.parse(instruction.exec(dockerfile)?.[1] ?? "");
  assert.ok(Array.isArray(parsed));
  return parsed.map(String);
}

describe("the package", { skip: skipReason("npm", "tar") }, () => {
  const installed = join(folder, "package");

  before(async () => {
    // Built already, and a build would take what other tests run.
    const packed = await runProgram("npm", [
      "pack",
      "--ignore-scripts",
      "--pack-destination",
      folder,
      "--prefix",
      root,
    ]);
    assert.equal(packed.code, 0, packed.stderr);
    const archive = join(folder, packed.stdout.trim().split("\n").at(-1) ?? "");
    const unpacked = await runProgram("tar", ["-xzf", archive, "-C", folder]);
    assert.equal(unpacked.code, 0, unpacked.stderr);
    mkdirSync(join(installed, "node_modules"));
    copyDependencies(installed);
    const opened = await runProgram("chmod", ["-R", "a+rX", folder]);
    assert.equal(opened.code, 0, opened.stderr);
  });
  after(() => rmSync(folder, { recursive: true }));

  async function start(upstream: string): Promise<{ server: ChildServer; port: number; adminPort: number }> {
    const refusers = [await startRefuser(), await startRefuser()] as const;
    const [{ port }, { port: adminPort }] = refusers;
    const [node = "", main = ""] = command(/^ENTRYPOINT (.*)$/m);
    assert.equal(node, "node");
    try {
      const program = join(installed, main.slice(main.indexOf("dist/")));
      const server = await startChildServer({
        program: process.execPath,
        args: [program, `--listen=127.0.0.1:${port}`, `--upstream=${upstream}`, `--admin=127.0.0.1:${adminPort}`],
        folder: makeTemporaryFolder("package-run"),
        host: "127.0.0.1",
        port,
        readyLine: /Listening on/,
        account,
      });
      return { server, port, adminPort };
    } finally {
      for (const refuser of refusers) await refuser.close();
    }
  }

  it("runs as a user who owns nothing of it, and answers the health check of the Dockerfile while it runs", async () => {
    await using backend = await startPeerServer(echo);
    const { server, port, adminPort } = await start(backend.address);
    try {
      const client = await connectPeer({ port });
      await client.finish("hello");
      assert.equal((await client.ended()).first.toString(), "hello");
      const [, ...args] = command(/^ {2}CMD (.*)$/m).map((arg) => arg.replace(":8901", `:${adminPort}`));
      const check = () => runProgram(process.execPath, args, { account });
      assert.equal((await check()).code, 0);
      await server.stop();
      assert.equal((await check()).code, 1);
    } finally {
      await server.stop();
    }
  });

  it("prints what it was packed with", async () => {
    const main = join(installed, "dist/src/cli/main.js");
    const { code, stdout } = await runProgram(process.execPath, [main, "print", "docker"], { account });
    assert.deepEqual([code, stdout], [0, dockerfile]);
  });
});
