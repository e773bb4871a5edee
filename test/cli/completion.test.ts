import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { commands } from "../../src/cli/commands.ts";
import { completionScript } from "../../src/cli/completion.ts";
import { verbs } from "../../src/cli/ctl/verbs.ts";
import { keys } from "../../src/config/keys.ts";
import { endReasons } from "../../src/session/end.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";

const folder = makeTemporaryFolder("completion");
writeFileSync(`${folder}/log file`, "");
mkdirSync(`${folder}/logs`);
after(() => rmSync(folder, { recursive: true }));

const flags = keys.map(({ flag }) => `--${flag}`);

/** What bash offers for the last of these words, as it takes a line apart: `=` is a word of its own. */
async function complete(...words: string[]): Promise<string[]> {
  const program = `cd "$1"; shift; eval "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lb_tcp; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["--norc", "-c", program, "bash", folder, completionScript(), "lb-tcp", ...words];
  const { code, stdout, stderr } = await runProgram("bash", args);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completionScript", { skip: skipReason("bash") }, () => {
  it("tells bash that it completes lb-tcp", async () => {
    const program = 'eval "$1"; complete -p lb-tcp';
    const { stdout } = await runProgram("bash", ["--norc", "-c", program, "bash", completionScript()]);
    assert.equal(stdout.trim(), "complete -F _lb_tcp lb-tcp");
  });

  const cases: readonly (readonly [situation: string, words: readonly string[], offered: readonly string[]])[] = [
    ["commands first", [""], commands.map(({ name }) => name)],
    ["the command that begins so", ["de"], ["demo"]],
    ["the flag that begins so", ["--pol"], ["--policy"]],
    ["flags where no command can be", ["--rise", "2", ""], [...flags, "--help", "--version"]],
    ["flags behind a flag without a value", ["--help", "--vers"], ["--version"]],
    ["the words of a choice", ["--access-log", ""], ["all", "errors", "off"]],
    ["the word of a choice that begins so", ["--policy", "so"], ["source-hash"]],
    ["the words of a choice behind =", ["--probe", "="], ["tcp", "http", "tls", "off"]],
    ["the word of a choice that begins so behind =", ["--policy", "=", "le"], ["least-connections"]],
    ["the word of a choice in one piece, as zsh has it", ["--policy=le"], ["--policy=least-connections"]],
    ["flags behind a choice", ["--policy", "=", "random", "--dial-d"], ["--dial-deadline"]],
    ["nothing for a value that is the user's", ["--listen", ""], []],
    ["outputs and files for the log", ["--log-output", ""], ["stdout", "stderr", "log file", "logs"]],
    ["the file that begins so", ["--log-output", "log "], ["log file"]],
    ["the flags of backend", ["backend", "--"], ["--port", "--name", "--help"]],
    ["the balancer's flags for demo", ["demo", "--half"], ["--half-close-timeout"]],
    ["ends, flags and variables to explain", ["explain", "backend-r"], ["backend-reset", "backend-removed"]],
    ["flags to explain", ["explain", "res"], ["resolve-interval"]],
    ["variables to explain", ["explain", "LB_TCP_RI"], ["LB_TCP_RISE"]],
    ["topics to print", ["print", "ku"], ["kubernetes"]],
    ["files of topics to print", ["print", "systemd", "so"], ["socket"]],
    ["the verbs of ctl", ["ctl", "l"], ["listeners", "limit", "log-level"]],
    ["the flags of a verb", ["ctl", "drain", "--w"], ["--wait"]],
    ["flags behind one that needs no value", ["ctl", "drain", "--wait", "--j"], ["--json"]],
    ["the levels of the log", ["ctl", "log-level", "w"], ["warn"]],
    ["a file for the token", ["ctl", "status", "--admin-token-file", "log "], ["log file"]],
    ["the flags of top", ["top", "--o"], ["--once"]],
    ["nothing behind completion", ["completion", "d"], []],
  ];
  for (const [situation, words, offered] of cases) {
    it(`offers ${situation}`, async () => {
      assert.deepEqual((await complete(...words)).sort(), [...offered].sort());
    });
  }

  it("knows every verb of ctl", async () => {
    const offered = new Set(await complete("ctl", ""));
    assert.deepEqual(
      verbs.filter(({ name }) => !offered.has(name)),
      [],
    );
  });

  it("knows every end", async () => {
    const offered = new Set(await complete("explain", ""));
    assert.deepEqual(
      endReasons.filter((end) => !offered.has(end)),
      [],
    );
  });

  it("is a script that other shells can read", { skip: skipReason("zsh") }, async () => {
    const { code, stderr } = await runProgram("zsh", ["-n"], { input: completionScript() });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
});
