// Lookups that never end. A process that only calls process.exit waits for them (src/cli/exit.ts).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { after, describe, it } from "node:test";
import { startProgram } from "../cli/running-program.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { findProgram } from "../support/programs.ts";

const folder = makeTemporaryFolder("lookups");
after(() => rmSync(folder, { recursive: true }));

/** Why these tests can't be run here, or false. */
function obstacle(): string | false {
  if (!("execve" in process)) return "without process.execve the exit waits for the lookup";
  if (findProgram("mkfifo") === undefined) return "needs mkfifo";
  const { header }: { header?: object } = Object(process.report.getReport());
  return header !== undefined && "glibcVersionRuntime" in header ? false : "needs glibc";
}

/** glibc reads HOSTALIASES before it asks a server (hostname(7)), and nobody ever writes to this one. */
function hangingLookups(): Record<string, string> {
  const fifo = `${folder}/aliases`;
  rmSync(fifo, { force: true });
  execFileSync("mkfifo", [fifo]);
  return { HOSTALIASES: fifo };
}

describe("lb-tcp while a lookup hangs", { skip: obstacle() }, () => {
  const flags = ["--upstream=nobody-knows-it:80", "--log-format=json"];

  it("ends with 0 after a signal", async () => {
    await using program = startProgram(["--listen=127.0.0.1:0", ...flags], hangingLookups());
    await program.seen(/"listening"/);
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
    assert.match(program.stdout(), /"stopped"/);
    assert.equal(program.stderr(), "");
  });

  it("ends with 0 after a signal during its start", async () => {
    await using program = startProgram(["--listen=127.0.0.1:0", ...flags], hangingLookups());
    await program.seen(/"configured"/);
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
    assert.doesNotMatch(program.stdout(), /"listening"/);
    assert.equal(program.stderr(), "");
  });

  it("ends with 1 when it can't listen", async () => {
    await using program = startProgram(["--listen=192.0.2.1:0", ...flags], hangingLookups());
    assert.equal(await program.exited(), 1);
    assert.match(program.stderr(), /^lb-tcp: cannot listen on 192\.0\.2\.1:0: [^\n]*\n$/);
  });
});
