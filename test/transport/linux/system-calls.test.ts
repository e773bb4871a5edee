import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import { systemCalls } from "../../../src/transport/linux/system-calls.ts";
import { linuxIt } from "./stage.ts";

describe("systemCalls", () => {
  linuxIt("are loaded once", () => {
    assert.equal(systemCalls(), systemCalls());
  });

  linuxIt("say by a number below 0 that they failed, and by errno why", () => {
    const { EBADF, EFAULT, EINVAL } = constants.errno;
    const calls = systemCalls();
    assert.deepEqual([calls.close(-1), calls.errno()], [-1, EBADF]);
    assert.deepEqual([calls.pipe2(0, 0), calls.errno()], [-1, EFAULT]);
    assert.deepEqual([calls.epoll_create1(1), calls.errno()], [-1, EINVAL]);
    // What worked does not hide why another failed.
    const descriptor = calls.eventfd(0, 0);
    calls.close(descriptor);
    assert.equal(calls.errno(), EINVAL);
  });

  linuxIt("know where bytes are, also in the middle of a buffer", () => {
    const calls = systemCalls();
    const bytes = Buffer.allocUnsafeSlow(100);
    assert.equal(calls.addressOf(bytes.subarray(40)), calls.addressOf(bytes) + 40);
  });
});
