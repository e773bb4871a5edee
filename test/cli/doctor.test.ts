import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { runProgram } from "../../src/cli/program.ts";
import { createFakeSurface } from "./fake-surface.ts";

async function doctor(...flags: string[]): Promise<{ code: number; printed: string; complained: string }> {
  const surface = createFakeSurface({ argv: ["doctor", "--listen", ":0", ...flags] });
  const code = await runProgram(surface);
  return { code, printed: surface.printed(), complained: surface.complained() };
}

describe("lb-tcp doctor", () => {
  it("gives 0 where every backend answers, and warns all the same", async () => {
    const server = createServer((socket) => void socket.on("error", () => {}));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const address = server.address();
      assert.ok(typeof address === "object" && address !== null);
      const { code, printed } = await doctor("--upstream", `a=127.0.0.1:${address.port}`, "--drain-timeout", "1m");
      assert.equal(code, 0);
      assert.match(
        printed,
        /^ok {7}the configuration\nok {7}default\/a at 127\.0\.0\.1:\d+ answers\nwarning {2}shutdown-delay/,
      );
    } finally {
      server.close();
    }
  });

  it("gives 1 where one does not", async () => {
    const { code, printed } = await doctor("--upstream", "unix:/nowhere/at.all");
    assert.equal(code, 1);
    assert.match(printed, /\nfailed {3}default\/unix:\/nowhere\/at\.all does not answer: ENOENT\n/);
  });

  it("gives 1 where one answers, and fails the probe of its pool", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const address = server.address();
      assert.ok(typeof address === "object" && address !== null);
      const upstream = ["--upstream", `a=127.0.0.1:${address.port}`];
      const failing = await doctor(...upstream, "--probe", "http");
      assert.equal(failing.code, 1);
      assert.match(
        failing.printed,
        /\nfailed {3}default\/a at \S+ answers, but its probe fails: answered 503, expected 200-399\n/,
      );
      assert.equal((await doctor(...upstream, "--probe", "http", "--probe-status", "503")).code, 0);
    } finally {
      server.close();
    }
  });

  it("gives 2 for what is written wrong, and dials nobody", async () => {
    assert.deepEqual(await doctor("--upstream", "a"), {
      code: 2,
      printed: "",
      complained: '--upstream: "a" has no port; write a:80\n',
    });
  });
});
