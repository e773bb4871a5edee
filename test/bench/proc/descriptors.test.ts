import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { descriptorKind } from "../../../bench/proc/descriptors.ts";

describe("descriptorKind", () => {
  for (const [target, kind] of [
    ["socket:[123]", "socket"],
    ["pipe:[123]", "pipe"],
    ["anon_inode:[eventpoll]", "anon_inode:[eventpoll]"],
    ["/dev/null", "file"],
    ["/tmp/pipe:[1]", "file"],
  ] as const) {
    it(`takes ${target} for ${kind}`, () => assert.equal(descriptorKind(target), kind));
  }
});
