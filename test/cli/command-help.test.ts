import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandHelp } from "../../src/cli/command-help.ts";
import { commands } from "../../src/cli/commands.ts";

describe("commandHelp", () => {
  for (const command of commands) {
    for (const columns of [80, 110]) {
      it(`describes ${command.name} within ${columns} columns`, () => {
        const text = commandHelp(command, columns);
        assert.match(text, new RegExp(`^lb-tcp ${command.name}: `));
        assert.match(text, new RegExp(`^Usage\n  lb-tcp ${command.name}\\b`, "m"));
        assert.doesNotMatch(text, / \n|\n\n\n|\t/);
        assert.deepEqual(
          text.split("\n").filter((line) => line.length > columns),
          [],
        );
      });
    }
  }

  const words: readonly (readonly [command: string, words: readonly string[]])[] = [
    ["demo", ["--listen", "127.0.0.1:8080", "8081 to 8083", "--upstream", "/die"]],
    ["backend", ["--port", "--name", "SERVER_PORT, PORT", "SERVER_NAME", "8081", "/slow?ms=N", "/bytes?n=N", "/echo"]],
    ["explain", ["LB_TCP_LISTEN", "backend-reset"]],
    ["print", ["docker", "kubernetes", "systemd", "grafana", "alerts", "sidecar", "socket"]],
    ["completion", ["~/.bashrc"]],
  ];
  for (const [name, expected] of words) {
    it(`says what ${name} takes`, () => {
      const command = commands.find((each) => each.name === name);
      assert.ok(command);
      const text = commandHelp(command, 110);
      for (const word of expected) assert.ok(text.includes(word), word);
    });
  }
});
