import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import { failing } from "./faults.ts";
import { RawPeer } from "./raw-peer.ts";
import { type Listening, Stage, stageIt, unreachable } from "./stage.ts";

const { EMFILE, ENOSPC } = constants.errno;
const PAUSE_MS = 20;

describe("LinuxListener", () => {
  stageIt("accepts at most 64 clients in a turn", (stage) => {
    const { address, acceptor } = stage.listen(stage.sockets(undefined, 1, 1_000));
    for (let count = 0; count < 300; count++) stage.connect(address);
    let most = 0;
    stage.until(() => {
      const before = acceptor.accepted.length;
      stage.transport.turn(0);
      most = Math.max(most, acceptor.accepted.length - before);
      return acceptor.accepted.length === 300;
    }, "all of them");
    assert.equal(most, 64);
  });

  stageIt("leaves clients in the kernel's queue while it is full, and serves them when there is room", (stage) => {
    const { address, acceptor } = stage.listen();
    acceptor.full = true;
    for (let count = 0; count < 3; count++) stage.connect(address).send("waiting");
    stage.settle();
    stage.clock.advance(10 * PAUSE_MS);
    stage.settle();
    assert.deepEqual([acceptor.accepted.length, acceptor.failures], [0, []]);
    acceptor.full = false;
    stage.settle();
    assert.equal(acceptor.accepted.length, 0, "it looks again after a while, not all the time");
    stage.clock.advance(PAUSE_MS);
    stage.settle();
    assert.equal(acceptor.accepted.length, 3);
  });

  stageIt("asks before each client whether there is room", (stage) => {
    const { address, acceptor } = stage.listen();
    Object.defineProperty(acceptor, "full", { get: () => acceptor.accepted.length >= 2 });
    for (let count = 0; count < 5; count++) stage.connect(address);
    stage.settle();
    assert.equal(acceptor.accepted.length, 2);
    Object.defineProperty(acceptor, "full", { value: false });
    stage.clock.advance(PAUSE_MS);
    stage.settle();
    assert.equal(acceptor.accepted.length, 5);
  });

  stageIt("reports that descriptors have run out, pauses, and serves those who waited", (stage) => {
    const { address, acceptor } = stage.listen();
    stage.connect(address);
    failing("accept4", EMFILE, () => stage.settle());
    assert.deepEqual([acceptor.failures, acceptor.accepted.length], [["EMFILE"], 0]);
    stage.settle();
    assert.equal(acceptor.accepted.length, 0);
    stage.clock.advance(PAUSE_MS);
    stage.settle();
    assert.deepEqual([acceptor.failures, acceptor.accepted.length], [["EMFILE"], 1]);
  });

  stageIt("delivers whom the kernel has accepted when it closes, and nobody within the call", (stage) => {
    const { address, acceptor, listener } = stage.listen();
    const peers = Array.from({ length: 5 }, () => stage.connect(address));
    stage.callbacks.during(() => listener.close());
    assert.equal(acceptor.accepted.length, 0);
    stage.settle();
    assert.equal(acceptor.accepted.length, 5);
    for (const { connection } of acceptor.accepted) connection.write(Buffer.from("served"));
    for (const peer of peers) stage.until(() => received(peer) === "served", "an answer");
  });

  stageIt("leaves whom the kernel has accepted to the next process where its socket is inherited", (stage) => {
    const { sockets, address, acceptor, listener } = stage.listen(stage.sockets(), 0, true);
    stage.connect(address);
    stage.until(() => acceptor.accepted.length === 1, "a client to be accepted");
    const waiting = stage.connect(address);
    stage.callbacks.during(() => listener.close());
    stage.settle();
    assert.equal(acceptor.accepted.length, 1);
    const next = stage.listen(sockets, 0, true);
    stage.until(() => next.acceptor.accepted.length === 1, "the one that waited");
    next.acceptor.accepted[0]?.connection.write(Buffer.from("served"));
    stage.until(() => received(waiting) === "served", "an answer");
  });

  stageIt("reports in the next turn that descriptors have run out while it was closed", (stage) => {
    const { address, acceptor, listener } = stage.listen();
    stage.connect(address);
    failing("accept4", EMFILE, () => stage.callbacks.during(() => listener.close()));
    assert.deepEqual(acceptor.failures, []);
    stage.settle();
    assert.deepEqual(acceptor.failures, ["EMFILE"]);
  });

  stageIt("may be closed while it is paused", (stage) => {
    const { address, acceptor, listener } = stage.listen();
    acceptor.full = true;
    stage.connect(address);
    stage.settle();
    stage.callbacks.during(() => listener.close());
    stage.settle();
    assert.equal(acceptor.accepted.length, 1);
  });

  stageIt("may be closed by the session of a client, and accepts from the socket no more", (stage) => {
    const { listener, acceptor, address, sockets } = stage.listen();
    const onConnection = acceptor.onConnection.bind(acceptor);
    // It has learnt to expect several.
    for (let count = 0; count < 1 + 2 + 4; count++) stage.connect(address);
    stage.settle();
    for (let count = 0; count < 3; count++) stage.connect(address);
    acceptor.onConnection = (connection) => {
      onConnection(connection);
      listener.close();
      sockets.close();
    };
    stage.settle();
    assert.equal(acceptor.accepted.length, 10);
  });

  stageIt("resets the client whose session has a bug, and serves the others", (stage) => {
    const { acceptor, address, listener } = stage.listen();
    const onConnection = acceptor.onConnection.bind(acceptor);
    const bug = new Error("a bug");
    acceptor.onConnection = () => {
      throw bug;
    };
    const first = stage.connect(address);
    assert.equal(stage.untilEnd(first).end, "reset");
    acceptor.onConnection = onConnection;
    stage.connect(address);
    stage.settle();
    assert.equal(acceptor.accepted.length, 1);
    // The same for those whom a close delivers.
    const peers = Array.from({ length: 3 }, () => stage.connect(address));
    let calls = 0;
    acceptor.onConnection = (connection) => {
      calls++;
      if (calls === 1) throw bug;
      onConnection(connection);
    };
    stage.callbacks.during(() => listener.close());
    assert.equal(stage.untilEnd(peers[0] ?? unreachable()).end, "reset");
    stage.settle();
    assert.deepEqual([calls, acceptor.accepted.length], [3, 3]);
    assert.deepEqual(stage.bugs.splice(0), [bug, bug]);
  });

  stageIt("reports a client lost that epoll has no room for", (stage) => {
    const { address, acceptor } = stage.listen();
    const peer = stage.connect(address);
    failing("epoll_ctl", ENOSPC, () => stage.settle());
    assert.deepEqual(acceptor.accepted[0]?.owner.closing, { cause: "lost", code: "ENOSPC" });
    assert.equal(stage.untilEnd(peer).end, "reset");
  });

  stageIt("shares a listening socket with another transport, until it closes", (stage) => {
    const sockets = stage.sockets();
    const other = new Stage();
    try {
      const { listener, acceptor } = stage.listen(sockets);
      const { acceptor: second } = other.listen(sockets);
      stage.callbacks.during(() => listener.close());
      stage.connect(sockets.address);
      stage.settle();
      other.settle();
      assert.deepEqual([acceptor.accepted.length, second.accepted.length], [0, 1]);
    } finally {
      other.close();
    }
  });

  stageIt("resets nobody whom the kernel has accepted when it closes in a storm of clients", (stage) => {
    const sockets = stage.sockets(undefined, 3, 1_000);
    const listening = [0, 1, 2].map((worker) => stage.listen(sockets, worker));
    const peers: RawPeer[] = [];
    const storm = (count: number): void => {
      for (let more = 0; more < count; more++) peers.push(stage.track(RawPeer.connect(sockets.address)));
    };
    storm(100);
    stage.transport.turn(0);
    storm(100);
    sockets.refuseNew();
    storm(50);
    for (const { listener } of listening) stage.callbacks.during(() => listener.close());
    sockets.close();
    stage.settle();
    const served = servedBy(listening);
    assert.equal(served, 200);
    stage.until(() => peers.slice(0, 200).every((peer) => received(peer) === "served"), "all answers");
    assert.ok(peers.slice(200).every((peer) => peer.send("x") < 1 || !isConnected(peer)));
  });
});

function received(peer: RawPeer): string {
  peer.receive();
  return peer.text;
}

function servedBy(listening: readonly Listening[]): number {
  const accepted = listening.flatMap(({ acceptor }) => acceptor.accepted);
  for (const { connection } of accepted) connection.write(Buffer.from("served"));
  return accepted.length;
}

/** Its SYN was dropped: it neither reads nor has been refused. */
function isConnected(peer: RawPeer): boolean {
  peer.receive(1);
  return peer.end === "open" && peer.byteCount > 0;
}
