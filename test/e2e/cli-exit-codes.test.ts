// What lb-tcp says and with which code it ends when it can't do what it is asked: one line for each thing, and never
// a stack trace.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { programPath } from "../support/balancer-process.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { type ProgramResult, runProgram, skipReason } from "../support/programs.ts";

// Nobody, on most systems; what matters is that it is not root.
const NOBODY = { uid: 65_534, gid: 65_534 };

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(process.execPath, [programPath, ...args]);
}

/** The first port that needs no privilege; undefined where the system does not tell. */
function firstFreePort(): number | undefined {
  try {
    return Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8"));
  } catch {
    return undefined;
  }
}

function assertOneLine(text: string, line: RegExp): void {
  assert.match(text, line);
  assert.match(text, /^lb-tcp: [^\n]+\n$/);
}

describe("lb-tcp", () => {
  it("ends with 0 after an answer", async () => {
    for (const args of [["--help"], ["--version"], ["demo", "--help"], ["explain"], ["completion"]]) {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.notEqual(stdout, "");
    }
  });

  it("ends with 2 when it is called alone", async () => {
    const { code, stdout, stderr } = await run();
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assertOneLine(stderr, /lb-tcp demo.*lb-tcp --help/);
  });

  it("ends with 2 for what the user wrote, with all mistakes at once", async () => {
    const args = [
      "--lissten",
      "80",
      "--policy=leastconn",
      "--idle-timeout",
      "5",
      "--toString",
      "--workers=0",
      "--rise",
    ];
    const { code, stdout, stderr } = await run(...args);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    const lines = stderr.trimEnd().split("\n");
    const named = lines.map((line) => /^lb-tcp: (--[\w-]+): /.exec(line)?.[1]);
    const flags = ["idle-timeout", "lissten", "policy", "rise", "toString", "upstream", "workers"];
    assert.deepEqual(new Set(named), new Set(flags.map((flag) => `--${flag}`)));
    assert.equal(lines.length, flags.length);
  });

  it("ends with 1 when its port is in use", async () => {
    await using server = await startPeerServer();
    const { code, stderr } = await run(`--listen=${server.address}`, "--upstream=127.0.0.1:1");
    assert.equal(code, 1);
    assertOneLine(stderr, new RegExp(`cannot listen on ${server.address}: the address is in use; `));
  });

  it("ends with 1 when its address is another machine's", async () => {
    const { code, stderr } = await run("--listen=192.0.2.1:0", "--upstream=127.0.0.1:1");
    assert.equal(code, 1);
    assertOneLine(stderr, /cannot listen on 192\.0\.2\.1:0: this machine has no such address; /);
  });

  it("ends with 1 when it can't write its log", async () => {
    const { code, stderr } = await run("--listen=127.0.0.1:0", "--upstream=127.0.0.1:1", "--log-output=/none/log");
    assert.equal(code, 1);
    assertOneLine(stderr, /log output \/none\/log: .*ENOENT/);
  });

  const free = firstFreePort();
  const needsPrivilege = free !== undefined && free > 1 ? false : "here every port is free to all";
  it("ends with 1 when it lacks a privilege, and says which", { skip: needsPrivilege }, async () => {
    const account = process.getuid?.() === 0 ? NOBODY : undefined;
    const args = [programPath, "--listen=127.0.0.1:1", "--upstream=127.0.0.1:1"];
    const { code, stderr } = await runProgram(process.execPath, args, { account });
    assert.equal(code, 1);
    assertOneLine(stderr, /cannot listen on 127\.0\.0\.1:1: permission denied; .*CAP_NET_BIND_SERVICE/);
  });

  it("takes the width of the terminal for --help", { skip: skipReason("script", "stty") }, async () => {
    for (const columns of [60, 100]) {
      const command = `stty cols ${columns}; ${process.execPath} ${programPath} --help`;
      const { code, stdout } = await runProgram("script", ["-qec", command, "/dev/null"]);
      assert.equal(code, 0);
      const lengths = stdout
        .split(/\r?\n/)
        .filter((line) => !/^ {2,4}(--upstream|lb-tcp) |:$/.test(line))
        .map((line) => line.length);
      assert.ok(Math.max(...lengths) <= columns && Math.max(...lengths) > columns - 8, String(Math.max(...lengths)));
    }
  });
});
