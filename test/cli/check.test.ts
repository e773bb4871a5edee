import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runProgram } from "../../src/cli/program.ts";
import { createFakeSurface } from "./fake-surface.ts";

describe("lb-tcp check", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lb-tcp-check-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function check(
    text: string,
    ...flags: string[]
  ): Promise<{ code: number; printed: string; complained: string }> {
    const path = join(folder, "lb.yaml");
    writeFileSync(path, text);
    const surface = createFakeSurface({
      argv: ["check", "--config", path, ...flags],
      environment: { SECRET: "hunter2" },
    });
    const code = await runProgram(surface);
    return { code, printed: surface.printed(), complained: surface.complained().replaceAll(path, "lb.yaml") };
  }

  const GOOD = 'version: 1\nlisteners: { web: { listen: ":80" } }\npools: { web: { backends: ["${SECRET}:80"] } }\n';

  it("prints what would be in force, and gives 0", async () => {
    const { code, printed, complained } = await check(GOOD);
    assert.deepEqual({ code, complained }, { code: 0, complained: "" });
    assert.match(printed, /^version: 1\nprocess:\n {2}workers: auto\n/);
    assert.match(printed, /address: \$\{SECRET\}:80/);
    assert.doesNotMatch(printed, /hunter2/);
  });

  it("says each problem with its place, as compilers do, and gives 2", async () => {
    const { code, printed, complained } = await check(`${GOOD}lisseners: {}\nprocess: { workers: 0 }\n`);
    assert.deepEqual(
      { code, printed, complained },
      {
        code: 2,
        printed: "",
        complained: [
          "lb.yaml:4:1 lisseners: unknown key; did you mean listeners?\n",
          'lb.yaml:5:21 process.workers: got "0", expected a whole number from 1 to 256, or auto\n',
        ].join(""),
      },
    );
  });

  it("finds a token file without which lb-tcp would not start", async () => {
    const path = join(folder, "token");
    const { code, complained } = await check(GOOD, "--admin", "127.0.0.1:8901", "--admin-token-file", path);
    assert.equal(code, 2);
    assert.match(
      complained,
      /^admin-token-file: the token file of the admin address, ".+token", can't be read: there is no such file\n$/,
    );
    writeFileSync(path, "0123456789abcdef\n");
    assert.equal((await check(GOOD, "--admin", "127.0.0.1:8901", "--admin-token-file", path)).code, 0);
  });

  it("finds what only shows with the flags, and in the files that are named", async () => {
    writeFileSync(join(folder, "deny.txt"), "10.0.0.1\nnonsense\n");
    const denied = GOOD.replace('":80" }', '":80", access: { deny-file: deny.txt } }');
    const { code, complained } = await check(denied, "--rise", "x");
    assert.equal(code, 2);
    assert.match(complained, /^--rise: got "x", expected a whole number from 1 to 100\n$/);
    assert.match((await check(denied)).complained, /deny\.txt:2:1: "nonsense" is no address or network/);
  });

  it("gives 2 where there is no such file", async () => {
    const surface = createFakeSurface({ argv: ["check", "--config", join(folder, "none.yaml")] });
    assert.equal(await runProgram(surface), 2);
    assert.match(surface.complained(), /^--config: .*none\.yaml can't be read: there is no such file\n$/);
  });
});
