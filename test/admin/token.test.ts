import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { TokenFile } from "../../src/admin/token.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";

const folder = makeTemporaryFolder("token");
after(() => rmSync(folder, { recursive: true }));
const TOKEN = "0123456789abcdef";

function written(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("TokenFile", () => {
  it("accepts what is in the file, without the blanks around it, and nothing else", () => {
    const token = new TokenFile(written("good", `  ${TOKEN}\r\n`));
    token.check();
    assert.ok(token.accepts(TOKEN));
    for (const other of ["", "x", `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase(), `${TOKEN}\n`]) {
      assert.equal(token.accepts(other), false, other);
    }
  });

  it("follows the file: also where a link leads to another one, as Kubernetes does it", () => {
    const link = join(folder, "link");
    symlinkSync(written("old", TOKEN), link);
    const token = new TokenFile(link);
    const before = token.fingerprint;
    const next = join(folder, "next");
    symlinkSync(written("new", "another-token-of-16-or-more"), next);
    renameSync(next, link);
    assert.deepEqual([token.accepts(TOKEN), token.accepts("another-token-of-16-or-more")], [false, true]);
    assert.notEqual(token.fingerprint, before);
  });

  it("accepts nothing while the file can't be used", () => {
    const path = written("gone", TOKEN);
    const token = new TokenFile(path);
    rmSync(path);
    assert.deepEqual([token.accepts(TOKEN), token.accepts(""), token.fingerprint], [false, false, undefined]);
  });

  it("says what is wrong with a file, and never what is in it", () => {
    mkdirSync(join(folder, "folder"));
    const cases = [
      ["missing", join(folder, "none"), /there is no such file/],
      ["folder", join(folder, "folder"), /is no file|is a folder/],
      ["empty", written("empty", "\n"), /is empty, expected one line of at least 16 characters/],
      ["short", written("short", "s3cret"), /holds 6 characters, expected one line of at least 16/],
      ["two lines", written("two", `${TOKEN}\n${TOKEN}`), /holds blanks/],
      ["other bytes", written("bytes", Buffer.alloc(32, 0x01)), /holds blanks or characters other than/],
      ["long", written("long", "s3cret".repeat(1_000)), /is longer than 4096 bytes/],
    ] as const;
    for (const [what, path, message] of cases) {
      assert.throws(
        () => new TokenFile(path).check(),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, "LB_ADMIN_TOKEN", what);
          assert.match(error.message, message, what);
          assert.doesNotMatch(error.message, /s3cret|0123456789/, what);
          return true;
        },
      );
    }
  });
});
