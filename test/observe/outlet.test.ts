import assert from "node:assert/strict";
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { after, describe, it } from "node:test";
import { LbError } from "../../src/errors.ts";
import { type Obstacle, type Outlet, openOutlet } from "../../src/observe/outlet.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { openDescriptors, withoutLeaks } from "../support/leaks.ts";
import { runProgram } from "../support/programs.ts";

const folder = makeTemporaryFolder("outlet");
after(() => rmSync(folder, { recursive: true }));

function write(outlet: Outlet, text: string): Promise<number | Obstacle> {
  return new Promise((resolve) => {
    outlet.write(Buffer.from(text), (writtenBytes, obstacle) => resolve(obstacle ?? writtenBytes));
  });
}

async function createPipe(name: string): Promise<{ path: string; reader: number }> {
  const path = `${folder}/${name}`;
  await runProgram("mkfifo", [path]);
  return { path, reader: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) };
}

mkdirSync(`${folder}/folder`);
writeFileSync(`${folder}/file`, "");
await runProgram("mkfifo", [`${folder}/unread`]);
writeFileSync(`${folder}/forbidden`, "", { mode: 0 });

describe("openOutlet", () => {
  it(
    "appends to a file, which others may not read",
    withoutLeaks(async () => {
      const path = `${folder}/appended`;
      const descriptors = openDescriptors();
      for (const text of ["one\n", "two\n"]) {
        const outlet = openOutlet(path);
        assert.equal(await write(outlet, text), 4);
        outlet.close();
      }
      assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
      assert.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask());
      assert.equal(openDescriptors(), descriptors);
    }),
  );

  it("closes a file after the write that is on its way", async () => {
    const descriptors = openDescriptors();
    const outlet = openOutlet(`${folder}/late`);
    const written = write(outlet, "late\n");
    outlet.close();
    outlet.close();
    assert.equal(await written, 5);
    assert.equal(readFileSync(`${folder}/late`, "utf8"), "late\n");
    assert.equal(openDescriptors(), descriptors);
  });

  it("writes to a named pipe as far as it goes, and says when it is full or nobody reads", async () => {
    const { path, reader } = await createPipe("pipe");
    const outlet = openOutlet(path);
    const capacityBytes = 65_536;
    assert.equal(await write(outlet, "x".repeat(capacityBytes - 5000)), capacityBytes - 5000);
    // A page is filled by one write only, so a pipe may hold a little less than it promises (pipe(7)).
    const partBytes = await write(outlet, "y".repeat(10_000));
    assert.ok(typeof partBytes === "number" && partBytes < 10_000);
    assert.equal(await write(outlet, "z"), "full");
    assert.equal(outlet.writeNow(Buffer.from("z")), 0);
    closeSync(reader);
    assert.equal(await write(outlet, "z"), "gone");
    // What was not read stays for the next reader, because the pipe is still open.
    const next = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(capacityBytes);
    assert.equal(readSync(next, bytes), capacityBytes - 5000 + partBytes);
    assert.equal(await write(outlet, "again"), 5);
    assert.equal(outlet.writeNow(Buffer.from("!")), 1);
    assert.equal(bytes.subarray(0, readSync(next, bytes)).toString(), "again!");
    outlet.close();
    closeSync(next);
  });

  it("says that a write to a full disk failed", async () => {
    const outlet = openOutlet("/dev/full");
    assert.equal(await write(outlet, "x"), "failed");
    assert.equal(outlet.writeNow(Buffer.from("x")), 0);
    outlet.close();
  });

  it("leaves the standard descriptors open", () => {
    for (const output of ["stdout", "stderr", "/dev/stdout", "/dev/stderr"]) openOutlet(output).close();
    for (const fd of [1, 2]) fstatSync(fd);
  });

  const failures: [situation: string, path: string, code: string, remedy: string, skip?: string | false][] = [
    ["a folder that is not there", `${folder}/none/log`, "ENOENT", "create its folder"],
    ["a folder", `${folder}/folder`, "EISDIR", "name a file in it"],
    ["a pipe that nobody reads", `${folder}/unread`, "ENXIO", "start its reader first"],
    ["a file for a folder", `${folder}/file/log`, "ENOTDIR", "choose another file"],
    ["a file of others", `${folder}/forbidden`, "EACCES", "let the user", process.getuid?.() === 0 && "root may write"],
  ];
  for (const [situation, path, code, remedy, skip = false] of failures) {
    it(`refuses ${situation}, with its path and what to do`, { skip }, () => {
      const descriptors = openDescriptors();
      assert.throws(
        () => openOutlet(path),
        (error) =>
          error instanceof LbError &&
          error.code === "LB_LOG_OUTPUT" &&
          error.message.startsWith(`log output ${path}: can't be opened for writing (${code}): `) &&
          error.message.includes(remedy),
      );
      assert.equal(openDescriptors(), descriptors);
    });
  }
});
