import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAccessFile, readAccess, unreadable } from "../../src/config/access-file.ts";
import type { Problem } from "../../src/errors.ts";

const read = (path: string): string => {
  if (path === "deny.txt") return "192.0.2.0/24\n";
  throw Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
};

describe("readAccess", () => {
  it("adds what the files hold", () => {
    const problems: Problem[] = [];
    const access = readAccess({ deny: ["10.0.0.1"], denyFile: "deny.txt" }, "access", read, problems);
    assert.deepEqual(access, { allow: undefined, deny: ["10.0.0.1", "192.0.2.0/24"] });
    assert.deepEqual(problems, []);
  });

  it("allows nobody where nobody is on the list, and everybody where there is no list", () => {
    assert.deepEqual(readAccess({ allow: [], deny: [] }, "access", read, [])?.allow, []);
    assert.equal(readAccess({ deny: [] }, "access", read, [])?.allow, undefined);
    assert.equal(readAccess(undefined, "access", read, []), undefined);
  });

  it("says which file is not there", () => {
    const problems: Problem[] = [];
    readAccess({ deny: [], allowFile: "allow.txt" }, "listeners.web.access", read, problems);
    const message = "allow.txt can't be read: there is no such file";
    assert.deepEqual(problems, [{ path: "listeners.web.access.allowFile", message }]);
  });

  it("says what to do about a folder, in other words than the system's", () => {
    const error = Object.assign(new Error("EISDIR: illegal operation on a directory, read"), { code: "EISDIR" });
    assert.equal(unreadable("/etc", error), "/etc can't be read: it is a folder; name a file in it");
  });
});

describe("parseAccessFile", () => {
  it("has an entry a line, comments and empty lines aside", () => {
    const text = "\uFEFF# all of these\r\n10.0.0.0/8\r\n\n  2001:db8::/32 # documentation\n192.0.2.1";
    const { entries, problems } = parseAccessFile(text, "deny.txt");
    assert.deepEqual(entries, ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]);
    assert.deepEqual(problems, []);
  });
});
