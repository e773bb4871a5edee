import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { describe, it } from "node:test";
import { reach } from "../../src/cli/reach.ts";
import { resolve } from "../../src/config/resolve.ts";

/** A server on a free port, for as long as the test runs. */
async function serving(greeting: string, run: (port: number) => Promise<void>): Promise<void> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    if (greeting !== "") socket.write(greeting);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  try {
    await run(address.port);
  } finally {
    server.close();
  }
}

function reached(address: string, lookup = async (): Promise<readonly string[]> => []) {
  const { pools } = resolve({ listeners: { web: { listen: "0" } }, pools: { web: { backends: [address] } } });
  const [pool] = pools;
  const backend = pool?.backends[0];
  assert.ok(pool !== undefined && backend !== undefined);
  return reach(pool, backend, lookup);
}

describe("reach", () => {
  it("finds whoever answers, and whether they speak first", async () => {
    await serving("", async (port) => {
      const backend = `web/127.0.0.1:${port}`;
      assert.deepEqual(await reached(`127.0.0.1:${port}`), [
        { backend, address: `127.0.0.1:${port}`, error: undefined, probeFailure: undefined, isGreeting: false },
      ]);
    });
    await serving("220 hello\r\n", async (port) => {
      assert.equal((await reached(`127.0.0.1:${port}`))[0]?.isGreeting, true);
    });
  });

  it("says why somebody does not", async () => {
    let closed = 0;
    await serving("", async (port) => {
      closed = port;
    });
    assert.equal((await reached(`127.0.0.1:${closed}`))[0]?.error, "ECONNREFUSED");
    assert.equal((await reached("unix:/nowhere/at.all"))[0]?.error, "ENOENT");
  });

  it("dials each address of a name", async () => {
    await serving("", async (port) => {
      const found = await reached(`some.name:${port}`, async () => ["127.0.0.1", "127.0.0.1"]);
      assert.deepEqual(
        found.map(({ address, error }) => [address, error]),
        [
          [`127.0.0.1:${port}`, undefined],
          [`127.0.0.1:${port}`, undefined],
        ],
      );
    });
    const lookup = async (): Promise<readonly string[]> => {
      throw Object.assign(new Error("no"), { code: "ENOTFOUND" });
    };
    assert.equal((await reached("some.name:80", lookup))[0]?.error, "its name can't be looked up: ENOTFOUND");
  });
});
