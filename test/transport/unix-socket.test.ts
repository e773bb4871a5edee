import assert from "node:assert/strict";
import { lstatSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { checkUnixSocket, publishUnixSocket, temporarySocketPath } from "../../src/transport/unix-socket.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withoutLeaks } from "../support/leaks.ts";

/** A test with a folder of its own. */
function inFolder(body: (folder: string) => Promise<void>): ReturnType<typeof withoutLeaks> {
  return withoutLeaks(async () => {
    const folder = makeTemporaryFolder("unix-socket");
    try {
      await body(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function listening(path: string): Promise<Server> {
  return new Promise((resolve) => {
    const server: Server = createServer((socket) => socket.destroy()).listen(path, () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

describe("checkUnixSocket", () => {
  it(
    "allows a path where nothing is, or a socket that nobody answers at",
    inFolder(async (folder) => {
      const path = join(folder, "it.sock");
      await checkUnixSocket(path);
      const server = await listening(join(folder, "other.sock"));
      renameSync(join(folder, "other.sock"), path);
      await closed(server);
      assert.ok(lstatSync(path).isSocket());
      await checkUnixSocket(path);
    }),
  );

  it(
    "names the address and the remedy where it is taken",
    inFolder(async (folder) => {
      const path = join(folder, "it.sock");
      const address = `unix:${path}`;
      const server = await listening(path);
      await assert.rejects(checkUnixSocket(path), {
        code: "LB_ADDRESS_IN_USE",
        details: { address },
        message: `cannot listen on ${address}: another process listens there; stop it or choose another path`,
      });
      await closed(server);
      writeFileSync(path, "");
      await assert.rejects(checkUnixSocket(path), /a file that is not a socket is there; remove it/);
    }),
  );
});

describe("publishUnixSocket", () => {
  it(
    "gives the name in one step, replaces what had it, and takes it back",
    inFolder(async (folder) => {
      const path = join(folder, "it.sock");
      writeFileSync(path, "left behind");
      const temporary = temporarySocketPath(path);
      const server = await listening(temporary);
      const remove = publishUnixSocket(temporary, path);
      assert.ok(lstatSync(path).isSocket());
      assert.equal(lstatSync(temporary, { throwIfNoEntry: false }), undefined);
      remove();
      assert.equal(lstatSync(path, { throwIfNoEntry: false }), undefined);
      remove();
      await closed(server);
    }),
  );

  it(
    "takes nobody else's file away",
    inFolder(async (folder) => {
      const path = join(folder, "it.sock");
      const temporary = temporarySocketPath(path);
      const server = await listening(temporary);
      const remove = publishUnixSocket(temporary, path);
      unlinkSync(path);
      writeFileSync(path, "somebody else's");
      remove();
      assert.ok(lstatSync(path).isFile());
      await closed(server);
    }),
  );
});

describe("temporarySocketPath", () => {
  it("is in the same folder, hidden, and never twice the same", () => {
    const paths = [temporarySocketPath("/run/it.sock"), temporarySocketPath("/run/it.sock")];
    assert.equal(new Set(paths).size, 2);
    for (const path of paths) assert.ok(dirname(path) === "/run" && path.startsWith("/run/."), path);
  });
});
