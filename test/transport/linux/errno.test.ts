import assert from "node:assert/strict";
import { connect } from "node:net";
import { constants } from "node:os";
import { describe, it } from "node:test";
import { codeOf, systemError } from "../../../src/transport/linux/errno.ts";

describe("codeOf", () => {
  it("names every errno that this system has, and shows the number of any other", () => {
    for (const number of Object.values(constants.errno)) {
      assert.equal(constants.errno[codeOf(number) as keyof typeof constants.errno], number);
    }
    assert.equal(codeOf(99_999), "errno 99999");
  });
});

describe("systemError", () => {
  it("is like Node's own", async () => {
    const socket = connect({ path: "/nowhere/at/all.sock" });
    const theirs = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once("error", resolve));
    const ours = systemError("connect", constants.errno.ENOENT);
    for (const key of ["code", "errno", "syscall"] as const) assert.equal(Reflect.get(ours, key), theirs[key]);
    assert.equal(ours.message, "connect: ENOENT");
  });
});
