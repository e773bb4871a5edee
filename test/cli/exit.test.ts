import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { after, describe, it } from "node:test";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { findProgram, runProgram } from "../support/programs.ts";

const folder = makeTemporaryFolder("exit");
after(() => rmSync(folder, { recursive: true }));
const source = new URL("../../src/cli/exit.js", import.meta.url).href;

/** Runs `script`, then exitNow with `code`. */
async function exitAfter(script: string, code: number): Promise<unknown> {
  const program = `import fs from "node:fs"; import { exitNow } from ${JSON.stringify(source)}; ${script}; setImmediate(() => exitNow(${code}))`;
  return runProgram(process.execPath, ["--input-type=module", "-e", program]);
}

describe("exitNow", () => {
  for (const code of [0, 1, 2]) {
    it(`ends the process with ${code}`, async () => {
      assert.deepEqual(await exitAfter("setInterval(() => {}, 1000)", code), { code, stdout: "", stderr: "" });
    });
  }

  const hasExecve = "execve" in process && process.platform !== "win32";
  const skip = hasExecve && findProgram("mkfifo") !== undefined ? false : "needs process.execve and mkfifo";
  for (const code of [0, 1]) {
    it(`ends with ${code} although a thread waits for what never comes`, { skip }, async () => {
      // As getaddrinfo(3) does when no server answers: the open(2) of a pipe that nobody writes to.
      const fifo = `${folder}/fifo-${code}`;
      execFileSync("mkfifo", [fifo]);
      const script = `process.on("exit", () => console.log("exit")); fs.open(${JSON.stringify(fifo)}, () => {})`;
      assert.deepEqual(await exitAfter(script, code), { code, stdout: "", stderr: "" });
    });
  }
});
