import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import { LinuxConnection } from "../../../src/transport/linux/connection.ts";
import { IP_BIND_ADDRESS_NO_PORT, IPPROTO_IP } from "../../../src/transport/linux/constants.ts";
import type { DialFailure } from "../../../src/transport/transport.ts";
import type { SocketAddress } from "../../../src/wire/address.ts";
import { openDescriptors } from "../../support/leaks.ts";
import { Dialler } from "../callbacks.ts";
import { counting, failing } from "./faults.ts";
import { RawPeer } from "./raw-peer.ts";
import { optionOf } from "./socket-option.ts";
import { type Stage, stageIt } from "./stage.ts";

const { EMFILE, EADDRNOTAVAIL, ENOSPC } = constants.errno;
const OPTIONS = { keepaliveMs: 15_000 };

describe("LinuxDial", () => {
  stageIt("closes what the server has taken already when it is cancelled", (stage) => {
    const sockets = stage.sockets();
    const { dial, dialler } = start(stage, sockets.address);
    stage.transport.turn(0);
    const peer = RawPeer.accept(sockets.descriptorOf(0));
    assert.ok(peer !== undefined);
    stage.track(peer);
    dialler.isReleased = true;
    for (let time = 0; time < 2; time++) stage.callbacks.during(() => dial.cancel());
    assert.notEqual(stage.untilEnd(peer).end, "open");
  });

  stageIt("tells nothing any more once it is cancelled, whatever comes in the same batch", (stage) => {
    const sockets = stage.sockets();
    const dials = [start(stage, sockets.address), start(stage, sockets.address)];
    for (const { dialler } of dials) {
      dialler.onConnection = () => {
        for (const other of dials) {
          if (other.dialler === dialler) continue;
          other.dialler.isReleased = true;
          other.dial.cancel();
        }
      };
    }
    stage.settle();
    const given = dials.flatMap(({ dialler }) => dialler.connection ?? []);
    assert.equal(given.length, 1);
    given[0]?.reset();
    stage.settle();
  });

  stageIt("does not even begin when it is cancelled in the turn of its start", (stage) => {
    const before = openDescriptors();
    const sockets = stage.sockets();
    const { dial } = start(stage, sockets.address);
    stage.callbacks.during(() => dial.cancel());
    stage.settle();
    assert.equal(openDescriptors(), before + 1);
    assert.equal(RawPeer.accept(sockets.descriptorOf(0)), undefined);
  });

  for (const [call, errno, failure] of [
    ["socket", EMFILE, { kind: "local", code: "EMFILE" }],
    ["connect", EADDRNOTAVAIL, { kind: "local", code: "EADDRNOTAVAIL" }],
    ["epoll_ctl", ENOSPC, { kind: "unreachable", code: "ENOSPC" }],
  ] as const) {
    stageIt(`fails and leaves nothing open where ${call} gives ${failure.code}`, (stage) => {
      const { address } = stage.sockets();
      const before = openDescriptors();
      const { dialler } = start(stage, address);
      failing(call, errno, () => stage.settle());
      assert.deepEqual([dialler.failure, openDescriptors()], [failure satisfies DialFailure, before]);
    });
  }

  stageIt("fails for a path that no socket can have", (stage) => {
    const { dialler } = start(stage, { kind: "unix", path: `/${"x".repeat(200)}` });
    stage.settle();
    assert.equal(dialler.failure?.code, "ENAMETOOLONG");
  });

  stageIt("resets the connection when the session that gets it has a bug", (stage) => {
    const sockets = stage.sockets();
    const { dialler } = start(stage, sockets.address);
    dialler.onConnection = () => {
      throw new Error("a bug");
    };
    stage.settle();
    assert.deepEqual([stage.bugs.splice(0).length, dialler.closing?.cause], [1, "closed"]);
    const peer = stage.track(RawPeer.accept(sockets.descriptorOf(0)) ?? assert.fail());
    assert.equal(stage.untilEnd(peer).end, "reset");
  });

  stageIt("delivers a connection whose server has reset it at once as one that fails, or not at all", (stage) => {
    const sockets = stage.sockets();
    const { dialler } = start(stage, sockets.address);
    dialler.onConnection = (connection) => assert.ok(connection instanceof LinuxConnection);
    stage.transport.turn(0);
    const peer = RawPeer.accept(sockets.descriptorOf(0));
    peer?.reset();
    stage.until(() => dialler.failure !== undefined || dialler.closing !== undefined, "its failure");
    assert.equal(dialler.failure?.kind ?? dialler.closing?.cause, "reset");
  });

  stageIt("connects at once for a client that has been listened to, although all of it was taken", (stage) => {
    const { connection, owner, peer } = stage.accept();
    stage.callbacks.during(() => connection.peek(0));
    peer.send("head");
    stage.until(() => owner.prefixes.length > 0, "a prefix");
    connection.take(4);
    const { address } = stage.sockets();
    const dialler = new Dialler(stage.callbacks);
    const dial = stage.transport.dial(address, OPTIONS, dialler, connection);
    assert.equal(
      counting("connect", () => stage.transport.turn(0)),
      1,
    );
    dialler.isReleased = true;
    dial.cancel();
  });

  stageIt("leaves the choice of its port to connect(2), where it has an address to come from", (stage) => {
    const { address } = stage.sockets();
    const dialler = new Dialler(stage.callbacks);
    stage.transport.dial(address, { ...OPTIONS, localIp: "127.0.0.9" }, dialler);
    stage.until(() => dialler.connection !== undefined, "a dial to be taken");
    const { connection } = dialler;
    assert.ok(connection instanceof LinuxConnection);
    assert.equal(optionOf(connection.descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), 1);
    stage.adopt(connection, dialler);
  });

  stageIt("is this machine's own fault where it can't come from the address, whatever bind says", (stage) => {
    const { address } = stage.sockets();
    const before = openDescriptors();
    for (const localIp of ["192.0.2.1", "::1"]) {
      const dialler = new Dialler(stage.callbacks);
      stage.callbacks.during(() => stage.transport.dial(address, { ...OPTIONS, localIp }, dialler));
      stage.settle();
      assert.equal(dialler.failure?.kind, "local");
    }
    assert.equal(openDescriptors(), before);
  });

  stageIt("sends the client's first bytes, where they have come already", (stage) => {
    const accepted = stage.accept();
    accepted.peer.send("first");
    stage.settle();
    const sockets = stage.sockets();
    const dialler = new Dialler(stage.callbacks);
    stage.transport.dial(sockets.address, OPTIONS, dialler, accepted.connection);
    stage.until(() => dialler.connection !== undefined, "a dial to be taken");
    assert.ok(dialler.connection instanceof LinuxConnection);
    const backend = { peer: new RawPeer(-1), connection: dialler.connection, owner: dialler };
    stage.relay(accepted, backend);
    stage.settle();
    const peer = stage.track(RawPeer.accept(sockets.descriptorOf(0)) ?? assert.fail());
    peer.receive();
    assert.equal(peer.text, "first");
  });
});

function start(stage: Stage, address: SocketAddress): { dialler: Dialler; dial: { cancel(): void } } {
  const dialler = new Dialler(stage.callbacks);
  return { dialler, dial: stage.callbacks.during(() => stage.transport.dial(address, OPTIONS, dialler)) };
}
