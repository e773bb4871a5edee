// The README, held against the program.

import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { commandOf } from "../src/cli/commands.ts";
import { verbOf } from "../src/cli/ctl/verbs.ts";
import { printTopics } from "../src/cli/print.ts";
import { loadFile } from "../src/config/file/load-file.ts";
import type { Key } from "../src/config/key.ts";
import { keys } from "../src/config/keys.ts";
import { runProgram } from "./support/programs.ts";

// From dist/test.
const root: URL = new URL("../../", import.meta.url);
const readme: string = readFileSync(new URL("README.md", root), "utf8");

function row({ flag, placeholder, repeatable, defaultText, meaning, aliases }: Key): string {
  const value = placeholder.replaceAll("|", "\\|");
  const also = aliases.map((alias) => `; also \`--${alias}\``).join("");
  const shown = defaultText === undefined ? "" : defaultText;
  return `| \`--${flag} ${value}\`${repeatable ? " …" : ""} | ${shown} | ${meaning}${also} |`;
}

/** The fenced block of that language which contains `text`. */
function block(language: string, text: string): string {
  const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))];
  const found = blocks.map((match) => match[1] ?? "").find((content) => content.includes(text));
  assert.ok(found !== undefined, `no ${language} block with ${text}`);
  return found;
}

describe("README", () => {
  it("lists every flag as lb-tcp knows it", () => {
    const expected = keys.map(row);
    const listed = readme.slice(readme.indexOf("<!-- options"), readme.indexOf("<!-- end of options"));
    const rows = listed.split("\n").filter((line) => line.startsWith("| `--"));
    assert.deepEqual(rows, expected);
  });

  it("shows a library example that runs as it is", async () => {
    // Inside the package, where `lb-tcp` is its own name.
    const path = new URL("dist/test/readme-example.mjs", root);
    writeFileSync(path, block("js", "createBalancer"));
    try {
      const { code, stdout, stderr } = await runProgram(process.execPath, [fileURLToPath(path)]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^listening on 127\.0\.0\.1:\d+$/m);
      assert.match(stdout, /'third: 0'/);
      assert.match(stdout, /^0 finished, 0 reset$/m);
    } finally {
      rmSync(path);
    }
  });

  it("shows a complete file that is as good as it looks", () => {
    const result = loadFile(block("yaml", "version: 1"), "README.md", {});
    assert.deepEqual(result.kind === "refused" ? result.problems : [], []);
  });

  it("shows an access line with exactly the keys that lb-tcp writes", async () => {
    const { accessLine } = await import("../src/observe/access.ts");
    const shown: unknown = JSON.parse(block("json", '"event":"session"'));
    assert.ok(typeof shown === "object" && shown !== null);
    const record = shown as Parameters<typeof accessLine>[0];
    assert.deepEqual(Object.keys(JSON.parse(accessLine(record, 0))), Object.keys(shown));
  });

  it("names commands, verbs and files to print that there are", () => {
    const shells = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text).join("");
    const lines = [...shells.matchAll(/\blb-tcp ([a-z][a-z-]*)(?: ([a-z-]+))?(?: ([a-z-]+))?/g)];
    const unknown = lines.filter(([, command = "", word = "", more]) => {
      if (command === "ctl") return verbOf(word) === undefined;
      const topic = printTopics.find(({ name }) => name === word);
      if (command !== "print") return commandOf(command) === undefined;
      return topic === undefined || (more !== undefined && topic.files.every((file) => file.word !== more));
    });
    assert.ok(lines.length > 10);
    assert.deepEqual(
      unknown.map(([line]) => line),
      [],
    );
  });

  it("links to files that are there", () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? "");
    assert.ok(links.length > 0);
    assert.deepEqual(
      links.filter((link) => !existsSync(new URL(link, root))),
      [],
    );
  });

  it("names scripts that package.json has", () => {
    const manifest: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(new URL("package.json", root), "utf8"),
    );
    const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map((match) => match[1] ?? "");
    assert.deepEqual(
      named.filter((name) => !(name in manifest.scripts)),
      [],
    );
  });
});
