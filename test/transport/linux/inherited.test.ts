import assert from "node:assert/strict";
import { describe } from "node:test";
import { adoptListeningSocket, duplicateDescriptor } from "../../../src/transport/linux/inherited.ts";
import { systemCalls } from "../../../src/transport/linux/system-calls.ts";
import { openDescriptors } from "../../support/leaks.ts";
import { RawPeer } from "./raw-peer.ts";
import { linuxIt, stageIt } from "./stage.ts";

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0x800;
const OPTIONS = { backlog: 128, keepaliveMs: 15_000 };

describe("adoptListeningSocket", () => {
  stageIt("makes a socket that blocks one that never does, and keeps who waits in it", (stage) => {
    const sockets = stage.sockets();
    const descriptor = sockets.descriptorOf(0);
    const calls = systemCalls();
    calls.fcntl(descriptor, F_SETFL, 0);
    const waiting = stage.connect(sockets.address);
    adoptListeningSocket(descriptor, sockets.address, OPTIONS);
    assert.notEqual(calls.fcntl(descriptor, F_GETFL, 0) & O_NONBLOCK, 0);
    const peer = stage.track(RawPeer.accept(descriptor) ?? assert.fail());
    peer.send("hello");
    waiting.receive();
    assert.equal(waiting.text, "hello");
  });

  linuxIt("throws the system's error for what is no socket", () => {
    assert.throws(() => adoptListeningSocket(-1, { kind: "unix", path: "/x" }, OPTIONS), { code: "EBADF" });
  });
});

describe("duplicateDescriptor", () => {
  linuxIt("is the same socket under another number", () => {
    const before = openDescriptors();
    const copy = duplicateDescriptor(0) ?? assert.fail();
    assert.ok(copy > 2);
    assert.equal(openDescriptors(), before + 1);
    systemCalls().close(copy);
  });

  linuxIt("is undefined where there is nothing to copy", () => {
    assert.equal(duplicateDescriptor(-1), undefined);
  });
});
