// What lb-tcp writes to may be full, closed, or left by its reader.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { startProgram } from "../cli/running-program.ts";
import { programPath } from "../support/balancer-process.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { type ProgramResult, runProgram, skipReason } from "../support/programs.ts";

/** Runs a line of bash in which "$@" is lb-tcp. */
function bash(line: string): Promise<ProgramResult> {
  return runProgram("bash", ["-c", line, "bash", process.execPath, programPath]);
}

const needsFull = existsSync("/dev/full") ? false : "needs /dev/full";

describe("lb-tcp", { skip: skipReason("bash") }, () => {
  const lines: readonly (readonly [situation: string, line: string, result: ProgramResult, skip?: string | false])[] = [
    [
      "a reader that has seen enough",
      '"$@" --help | head -1; echo "${PIPESTATUS[0]}"',
      { code: 0, stdout: "lb-tcp balances TCP connections over backends.\n0\n", stderr: "" },
    ],
    [
      "a reader that is not there",
      '"$@" --help | true; echo "${PIPESTATUS[0]}"',
      { code: 0, stdout: "0\n", stderr: "" },
    ],
    ["a closed stdout", '"$@" --help >&-', { code: 0, stdout: "", stderr: "" }],
    ["a closed stderr", '"$@" --bogus 2>&-', { code: 2, stdout: "", stderr: "" }],
    ["a stderr without a reader", '("$@" --bogus; echo $?) 2> >(true)', { code: 0, stdout: "2\n", stderr: "" }],
    ["nothing open at all", '"$@" <&- >&- 2>&-', { code: 2, stdout: "", stderr: "" }],
    [
      "a full disk",
      '"$@" --help > /dev/full',
      { code: 1, stdout: "", stderr: "lb-tcp: stdout can't be written to (ENOSPC)\n" },
      needsFull,
    ],
    ["a full disk for its complaints", '"$@" --bogus 2> /dev/full', { code: 2, stdout: "", stderr: "" }, needsFull],
  ];
  for (const [situation, line, result, skip = false] of lines) {
    it(`survives ${situation}`, { skip }, async () => assert.deepEqual(await bash(line), result));
  }

  it("balances on when nobody reads its log or its warnings any more, and ends with 0", async () => {
    await using server = await startPeerServer();
    const flags = ["--listen=127.0.0.1:0", `--upstream=${server.address}`, "--probe=off", "--log-format=json"];
    await using program = startProgram(flags);
    const [, port] = await program.seen(/"listening".*"address":"127\.0\.0\.1:(\d+)"/);
    program.stopReading("stdout");
    program.stopReading("stderr");
    for (let count = 0; count < 3; count++) {
      program.signal("SIGHUP");
      const client = await connectPeer({ port: Number(port) });
      const backend = await server.next();
      await backend.finish("x");
      await client.received(1);
      await client.finish();
      await client.closed();
    }
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
  });

  it("balances on while the disk of its log is full, and ends with 0", { skip: needsFull }, async () => {
    await using server = await startPeerServer();
    // The port is known by a second listener alone: nothing can be read from this log.
    const path = `/tmp/lb-tcp-full-${process.pid}.sock`;
    const flags = [`--listen=unix:${path}`, `--upstream=${server.address}`, "--probe=off", "--log-output=/dev/full"];
    await using program = startProgram(flags);
    while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
    const client = await connectPeer({ path });
    const backend = await server.next();
    await backend.finish("x");
    await client.received(1);
    await client.finish();
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
    assert.deepEqual([program.stdout(), program.stderr(), existsSync(path)], ["", "", false]);
  });
});
