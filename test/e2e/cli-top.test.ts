// lb-tcp top as a program, with and without a terminal.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import { say, startControlled } from "../cli/controlled-program.ts";
import { programPath } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { withDeadline } from "../support/deadline.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { findProgram, skipReason } from "../support/programs.ts";

// A loaded machine starts a process slowly.
const PATIENCE_MS = 60_000;

describe("lb-tcp top", () => {
  it("prints a block where there is no terminal", async () => {
    await using b1 = await startPeerServer(echo);
    await using running = await startControlled([b1]);
    const { code, stdout, stderr } = await say("top --once", { LB_TCP_ADMIN: running.socket });
    assert.deepEqual([code, stderr], [0, ""]);
    for (const line of [/^lb-tcp \S+ {2}running /, /^web +127\.0\.0\.1:\d+ +web /m, /^web\/b1 +ready /m])
      assert.match(stdout, line);
  });

  it("takes a terminal over, drains at a key, and gives it back", { skip: skipReason("script") }, async () => {
    await using b1 = await startPeerServer(echo);
    await using running = await startControlled([b1]);
    for (const leave of ["q", "\u0003"]) {
      await using terminal = startInTerminal(`${process.execPath} ${programPath} top --admin ${running.socket}`);
      await terminal.seen("web/b1");
      terminal.type("j");
      await terminal.seen(`web/b1\u001b[0m ${b1.address}`);
      terminal.type("d");
      await terminal.seen("Put web/b1 into drain?");
      terminal.type("y");
      await terminal.seen("web/b1: drain");
      terminal.type(leave);
      assert.equal(await terminal.exited(), 0);
      assert.ok(terminal.written().startsWith("\u001b[?1049h"), terminal.written());
      assert.ok(terminal.written().trimEnd().endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l"));
    }
  });
});

interface InTerminal extends AsyncDisposable {
  written(): string;
  type(text: string): void;
  seen(text: string): Promise<void>;
  exited(): Promise<number | null>;
}

/** A command in a terminal of its own, which script(1) of util-linux makes. */
function startInTerminal(command: string): InTerminal {
  const child = spawn(findProgram("script") ?? "script", ["-qec", command, "/dev/null"], {
    env: { ...process.env, TERM: "xterm" },
  });
  let text = "";
  let check = (): void => {};
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    check();
  });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    written: () => text,
    type: (keys) => void child.stdin.write(keys),
    seen(wanted) {
      const found = new Promise<void>((resolve) => {
        check = () => {
          if (text.includes(wanted)) resolve();
        };
        check();
      });
      return withDeadline(found, () => `${wanted} in\n${text}`, PATIENCE_MS);
    },
    exited: () => withDeadline(exit, () => `the end of ${command}, after\n${text}`, PATIENCE_MS),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
