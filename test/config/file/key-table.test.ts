import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { restartKeys } from "../../../src/config/diff.ts";
import { type FileKey, fileKeys, keyTable } from "../../../src/config/file/key-table.ts";
import { keyOfFlag, keys } from "../../../src/config/keys.ts";

const found = (path: string): FileKey | undefined => fileKeys().find((key) => key.path === path);

describe("fileKeys", () => {
  it("has each key once, with what is known of it", () => {
    const paths = fileKeys().map(({ path }) => path);
    assert.equal(new Set(paths).size, paths.length);
    assert.deepEqual(found("listeners.NAME.idle-timeout"), {
      path: "listeners.NAME.idle-timeout",
      meaning: "no byte in either direction for this long ends a session",
      defaultText: "1h",
      flag: "idle-timeout",
      isReloadable: true,
    });
    assert.equal(found("pools.NAME.backends[].weight")?.defaultText, "1");
    assert.equal(found("listeners.NAME.routes[].not")?.flag, undefined);
  });

  it("says of the same keys as a reload that they need a restart", () => {
    const restart = fileKeys().filter(({ isReloadable }) => !isReloadable);
    const options = restart.map(({ path }) =>
      path
        .replace(/^process\./, "")
        .replace("NAME", "*")
        .replace(/tcp-(keepalive|user-timeout)$/, "tcp-$1-ms")
        .replace(/access-interval$/, "access-interval-ms")
        .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    );
    const known = options.map((path) => path.replace(/^log\.ignore\..*/, "log.ignore"));
    assert.deepEqual([...new Set(known)].toSorted(), restartKeys.toSorted());
  });

  it("has a key for each flag that the file can say", () => {
    const flags = new Set(fileKeys().map(({ flag }) => flag));
    const missing = keys.filter(({ flag }) => !flags.has(flag)).map(({ flag }) => flag);
    assert.deepEqual(missing, ["config"]);
    for (const flag of flags) if (flag !== undefined) assert.ok(keyOfFlag(flag), flag);
  });
});

describe("keyTable", () => {
  it("is a row for each", () => {
    const rows = keyTable().trimEnd().split("\n").slice(2);
    assert.equal(rows.length, fileKeys().length);
    for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 8, row);
  });
});
