import assert from "node:assert/strict";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { systemFiles } from "../../src/cli/file-system.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withDeadline } from "../support/deadline.ts";

const folder = makeTemporaryFolder("file-system");
after(() => rmSync(folder, { recursive: true }));

describe("systemFiles", () => {
  it("read what is there, and nothing else", () => {
    const path = join(folder, "a");
    writeFileSync(path, "text");
    symlinkSync("a", join(folder, "link"));
    assert.equal(systemFiles.read(path)?.length, 4);
    assert.equal(systemFiles.read(join(folder, "none")), undefined);
    assert.equal(systemFiles.readLink(join(folder, "link")), "a");
    assert.equal(systemFiles.readLink(path), undefined);
  });

  it("tell which entry of a folder has changed, until they are stopped", async () => {
    // A watch does not keep the process alive.
    const alive = setInterval(() => {}, 1_000);
    let stop: (() => void) | undefined;
    const heard = new Promise<string | undefined>((resolve) => {
      stop = systemFiles.watch(folder, resolve);
    });
    writeFileSync(join(folder, "b"), "text");
    assert.equal(await withDeadline(heard, () => "an event"), "b");
    stop?.();
    clearInterval(alive);
    assert.equal(
      systemFiles.watch(join(folder, "none"), () => {}),
      undefined,
    );
  });
});
