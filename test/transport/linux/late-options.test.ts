import assert from "node:assert/strict";
import { describe } from "node:test";
import { LinuxConnection } from "../../../src/transport/linux/connection.ts";
import { IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_USER_TIMEOUT } from "../../../src/transport/linux/constants.ts";
import { Dialler } from "../callbacks.ts";
import { counting } from "./faults.ts";
import { optionOf } from "./socket-option.ts";
import { type Stage, stageIt } from "./stage.ts";

const OPTIONS = { keepaliveMs: 15_000, userTimeoutMs: 30_000 };

describe("LateOptions", () => {
  stageIt("sets keepalive and the user timeout on dialled sockets once they are a second or two old", (stage) => {
    const { descriptor } = dial(stage);
    assert.deepEqual(livenessOf(descriptor), [0, 0]);
    stage.clock.advance(999);
    const { descriptor: younger } = dial(stage);
    stage.clock.advance(1);
    assert.deepEqual(
      [livenessOf(descriptor), livenessOf(younger)],
      [
        [0, 0],
        [0, 0],
      ],
    );
    stage.clock.advance(1_000);
    assert.deepEqual(livenessOf(descriptor), [1, 30_000]);
    stage.clock.advance(1_000);
    assert.deepEqual(livenessOf(younger), [1, 30_000]);
    assert.equal(stage.clock.pendingTimers, 0);
  });

  stageIt("leaves alone what has been closed, and who has come to its slot", (stage) => {
    const first = dial(stage);
    first.reset();
    stage.settle();
    // Of the listening socket, in the slot of the first.
    const { connection } = stage.accept();
    const count = counting("setsockopt", () => stage.clock.advance(2_000));
    assert.equal(count, 0);
    stage.callbacks.during(() => connection.reset());
  });

  stageIt("has room for as many as are dialled in a second", (stage) => {
    const all = Array.from({ length: 100 }, () => dial(stage));
    stage.clock.advance(2_000);
    for (const { descriptor } of all) assert.deepEqual(livenessOf(descriptor), [1, 30_000]);
  });
});

describe("accepted sockets", () => {
  stageIt("have keepalive from their listening socket, without a system call for each", (stage) => {
    const { address, acceptor } = stage.listen();
    stage.connect(address);
    assert.equal(
      counting("setsockopt", () => stage.settle()),
      0,
    );
    const connection = acceptor.accepted[0]?.connection;
    assert.ok(connection instanceof LinuxConnection);
    assert.equal(livenessOf(connection.descriptor)[0], 1);
  });
});

function dial(stage: Stage): LinuxConnection {
  const dialler = new Dialler(stage.callbacks);
  stage.transport.dial(stage.sockets().address, OPTIONS, dialler);
  stage.until(() => dialler.connection !== undefined, "a dial to be taken");
  assert.ok(dialler.connection instanceof LinuxConnection);
  stage.adopt(dialler.connection, dialler);
  return dialler.connection;
}

function livenessOf(descriptor: number): number[] {
  return [optionOf(descriptor, SOL_SOCKET, SO_KEEPALIVE), optionOf(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT)];
}
