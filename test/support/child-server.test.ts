import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { makeTemporaryFolder, startChildServer } from "./child-server.ts";
import { withoutLeaks } from "./leaks.ts";

function serverThat(script: string): Parameters<typeof startChildServer>[0] {
  const folder = makeTemporaryFolder("test");
  return {
    program: process.execPath,
    args: ["--eval", script],
    host: "127.0.0.1",
    port: 1,
    folder,
    readyLine: /^ready$/m,
  };
}

describe("startChildServer", () => {
  it(
    "waits for the line, and leaves neither process nor folder behind",
    withoutLeaks(async () => {
      const options = serverThat("console.log('starting'); console.log('ready'); setInterval(() => {}, 60_000)");
      const server = await startChildServer(options);
      assert.equal(server.output(), "starting\nready\n");
      assert.equal(existsSync(`/proc/${server.pid}`), true);
      await server.stop();
      assert.equal(existsSync(`/proc/${server.pid}`), false);
      assert.equal(existsSync(options.folder), false);
    }),
  );

  it(
    "says what a server printed that ended instead",
    withoutLeaks(async () => {
      const options = serverThat("console.error('no such setting'); process.exit(3)");
      await assert.rejects(startChildServer(options), /ended with 3:\nno such setting/);
      assert.equal(existsSync(options.folder), false);
    }),
  );

  it(
    "rejects for a program that does not exist",
    withoutLeaks(async () => {
      const options = { ...serverThat(""), program: "/no/such/program" };
      await assert.rejects(startChildServer(options), /no\/such\/program/);
      assert.equal(existsSync(options.folder), false);
    }),
  );
});
