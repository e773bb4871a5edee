import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import {
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_USER_TIMEOUT,
} from "../../../src/transport/linux/constants.ts";
import { closeAbruptly, setLiveness, setOption, takeError } from "../../../src/transport/linux/socket-options.ts";
import { systemCalls } from "../../../src/transport/linux/system-calls.ts";
import type { SocketOptions } from "../../../src/transport/transport.ts";
import { optionOf } from "./socket-option.ts";
import { stageIt } from "./stage.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;

const liveness: readonly (readonly [SocketOptions, readonly number[]])[] = [
  [{ keepaliveMs: 15_000 }, [1, 15, 1, 10, 0]],
  [{ keepaliveMs: 15_000, userTimeoutMs: 30_000 }, [1, 15, 1, 10, 30_000]],
  [{ keepaliveMs: 1 }, [1, 1, 1, 10, 0]],
  [{ keepaliveMs: 1e9 }, [1, 32_767, 1, 10, 0]],
  [{ keepaliveMs: Number.POSITIVE_INFINITY, userTimeoutMs: 7_000 }, [0, 7_200, 75, 9, 7_000]],
  [{ keepaliveMs: Number.POSITIVE_INFINITY, userTimeoutMs: Number.POSITIVE_INFINITY }, [0, 7_200, 75, 9, 0]],
];

describe("setLiveness", () => {
  for (const [options, expected] of liveness) {
    const { keepaliveMs, userTimeoutMs } = options;
    stageIt(`sets what is asked for: keepalive ${keepaliveMs}, user timeout ${userTimeoutMs}`, (stage) => {
      const descriptor = stage.sockets().descriptorOf(0);
      // What the system has by default, without what this socket was given.
      setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 0);
      for (const [name, value] of [
        [TCP_KEEPIDLE, 7_200],
        [TCP_KEEPINTVL, 75],
        [TCP_KEEPCNT, 9],
      ] as const) {
        setOption(descriptor, IPPROTO_TCP, name, value);
      }
      setLiveness(descriptor, options);
      assert.deepEqual(livenessOf(descriptor), expected);
    });
  }
});

describe("takeError", () => {
  stageIt("gives an error once", (stage) => {
    const { connection, peer } = stage.accept();
    assert.equal(takeError(connection.descriptor), 0);
    peer.reset();
    const errors = [takeError(connection.descriptor), takeError(connection.descriptor)];
    assert.deepEqual(errors, [constants.errno.ECONNRESET, 0]);
    stage.callbacks.during(() => connection.reset());
  });

  stageIt("says so where there is no socket", () => {
    assert.equal(takeError(-1), constants.errno.EBADF);
  });
});

describe("closeAbruptly", () => {
  stageIt("closes what is no TCP socket as well", () => {
    const calls = systemCalls();
    for (const descriptor of [calls.eventfd(0, 0), calls.socket(AF_UNIX, SOCK_STREAM, 0)]) {
      closeAbruptly(descriptor);
      assert.deepEqual([calls.close(descriptor), calls.errno()], [-1, constants.errno.EBADF]);
    }
  });
});

function livenessOf(descriptor: number): number[] {
  const tcp = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT];
  return [
    optionOf(descriptor, SOL_SOCKET, SO_KEEPALIVE),
    ...tcp.map((name) => optionOf(descriptor, IPPROTO_TCP, name)),
  ];
}
