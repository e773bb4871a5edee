import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readText } from "../../src/config/read-text.ts";

describe("readText", () => {
  it("reads a file whole, without its byte order mark", () => {
    const folder = mkdtempSync(join(tmpdir(), "lb-tcp-text-"));
    try {
      const path = join(folder, "a.txt");
      writeFileSync(path, `\uFEFF${"ä\n".repeat(100_000)}`);
      assert.equal(readText(path), "ä\n".repeat(100_000));
      writeFileSync(path, Uint8Array.of(0xff, 0xfe));
      assert.throws(() => readText(path), { message: "it is not UTF-8" });
      assert.throws(() => readText(folder), { code: "EISDIR" });
      assert.throws(() => readText(join(folder, "b")), { code: "ENOENT" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("ends where a file does not", (context) => {
    if (process.platform === "win32") return context.skip("there is no /dev/zero");
    assert.throws(() => readText("/dev/zero"), { message: "it has more than 64 MiB" });
  });
});
