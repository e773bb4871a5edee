import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../support/programs.ts";

// From dist/test/cli/print.
const root: URL = new URL("../../../../", import.meta.url);
const path: string = fileURLToPath(new URL("src/cli/print/Dockerfile", root));

/** Its instructions in order, each on one line, without comments. */
const instructions: readonly string[] = readFileSync(path, "utf8")
  .split("\n")
  .filter((line) => !line.startsWith("#"))
  .join("\n")
  .replaceAll(/ ?\\\n\s*/g, " ")
  .split("\n")
  .filter((line) => line !== "");

/** What follows a word, once for each time it is there. */
function all(word: string): string[] {
  return instructions.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
}

describe("the Dockerfile that is printed", () => {
  it("has nothing that dockerfile-utils complains about", async () => {
    const program = fileURLToPath(import.meta.resolve("dockerfile-utils/bin/dockerfile-utils"));
    const { code, stdout, stderr } = await runProgram(process.execPath, [program, "lint", path]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  });

  it("has two stages of one small image, of no registry in particular", () => {
    const stages = all("FROM").map((line) => line.split(" ")[0]);
    assert.equal(stages.length, 2);
    assert.match(stages[0] ?? "", /^node:\d+-slim$/);
    assert.equal(stages[0], stages[1]);
    for (const word of instructions) assert.doesNotMatch(word, /https?:\/\/(?!127\.0\.0\.1)|registry/);
  });

  it("copies files that are there, and no folder with everything", () => {
    const sources = all("COPY").flatMap((line) => (line.startsWith("--from") ? [] : line.split(" ").slice(0, -1)));
    assert.ok(sources.includes("package-lock.json"));
    for (const source of sources) {
      assert.notEqual(source, ".");
      assert.ok(existsSync(new URL(source, root)), source);
    }
  });

  it("keeps only what runs: what npm ci --omit=dev installs, and what was built", () => {
    assert.match(all("RUN").at(-1) ?? "", /&& npm ci --omit=dev --ignore-scripts$/);
    assert.deepEqual(
      all("COPY").filter((line) => line.startsWith("--from=build")),
      [
        "--from=build /build/package.json ./",
        "--from=build /build/node_modules ./node_modules",
        "--from=build /build/dist/src ./dist/src",
      ],
    );
  });

  it("runs as somebody who is not root, by a number that Kubernetes can tell it from", () => {
    assert.match(all("USER").join(), /^[1-9]\d*:[1-9]\d*$/);
  });

  it("starts the program itself, so that signals reach it", () => {
    for (const word of ["ENTRYPOINT", "CMD"]) {
      const [command = ""] = all(word);
      assert.ok(Array.isArray(JSON.parse(command)), `${word} in the exec form`);
    }
    assert.deepEqual(JSON.parse(all("ENTRYPOINT").join()), ["node", "/opt/lb-tcp/dist/src/cli/main.js"]);
    assert.deepEqual(all("STOPSIGNAL"), ["SIGTERM"]);
  });

  it("asks whether it is alive where it says that its admin address is", () => {
    const [check = ""] = all("HEALTHCHECK");
    assert.match(check, /--interval=\d+s --timeout=\d+s --start-period=\d+s --retries=\d+ CMD \["node", "-e", /);
    const port = /LB_TCP_ADMIN=:(\d+)$/.exec(all("ENV").join("\n"))?.[1];
    assert.ok(check.includes(`http://127.0.0.1:${port}/livez`));
    assert.ok(all("EXPOSE").join().split(" ").includes(String(port)));
  });
});
