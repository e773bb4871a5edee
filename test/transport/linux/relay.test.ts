import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { LinuxConnection } from "../../../src/transport/linux/connection.ts";
import { FLUSH_BEFORE_RESET_MS, type Relay } from "../../../src/transport/transport.ts";
import { makeTemporaryFolder } from "../../support/child-server.ts";
import { Acceptor } from "../callbacks.ts";
import { RawPeer } from "./raw-peer.ts";
import { stageIt, unreachable } from "./stage.ts";

// All of it waits in one queue: recv(2) stops behind each message that carries a descriptor.
const SEND_DESCRIPTORS = `
import array, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
carried = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))]
s.sendmsg([b"one"], carried)
s.send(b"two")
s.sendmsg([b"three"], carried)
s.send(b"four")
s.shutdown(socket.SHUT_WR)
s.recv(1)
`;

describe("LinuxRelay", () => {
  stageIt("passes on data and FIN that come in one edge", (stage) => {
    for (let time = 0; time < 20; time++) {
      const pair = stage.pair();
      stage.settle();
      pair.client.send("question");
      pair.client.finish();
      assert.deepEqual([stage.untilEnd(pair.backend).text, pair.backend.end], ["question", "finished"]);
      pair.backend.send("answer");
      pair.backend.finish();
      assert.deepEqual([stage.untilEnd(pair.client).text, pair.client.end], ["answer", "finished"]);
      stage.untilOver(pair);
      assert.deepEqual([pair.relay.finishedFirst, pair.relay.failedSide], ["client", undefined]);
    }
  });

  stageIt("relays what somebody peeked at in vain", (stage) => {
    const accepted = stage.accept();
    accepted.peer.send("ab");
    stage.callbacks.during(() => accepted.connection.peek(2));
    stage.settle();
    assert.deepEqual(accepted.owner.prefixes, []);
    const { backend } = stage.relay(accepted, stage.reach());
    stage.settle();
    backend.receive();
    assert.equal(backend.text, "ab");
  });

  for (const side of ["client", "backend"] as const) {
    stageIt(`ends when it begins with a ${side} whose reset has just been noticed by a write`, (stage) => {
      const accepted = stage.accept();
      const reached = stage.reach();
      const gone = side === "client" ? accepted : reached;
      stage.settle();
      gone.peer.send("last words");
      gone.peer.reset();
      stage.callbacks.during(() => gone.connection.write(Buffer.from("PROXY")));
      const pair = stage.relay(accepted, reached);
      stage.untilOver(pair);
      assert.deepEqual([pair.relay.failedSide, pair.relay.failure], [side, "reset"]);
      const other = stage.untilEnd(side === "client" ? pair.backend : pair.client);
      assert.deepEqual([other.text, other.end], ["last words", "reset"]);
    });
  }

  stageIt("names the side that failed when a write is the first to tell of it", (stage) => {
    const pair = stage.pair();
    stage.settle();
    pair.client.send("x");
    pair.backend.reset();
    stage.untilOver(pair);
    assert.deepEqual([pair.relay.failedSide, pair.relay.failureCode !== null], ["backend", true]);
    assert.equal(stage.untilEnd(pair.client).end, "reset");
  });

  stageIt("gives a stuck reader a second for what came before a reset, and not more", (stage) => {
    const pair = stage.pair({ bufferBytes: 200_000 });
    pair.client.feed(1, Number.POSITIVE_INFINITY);
    stage.pumpTillStuck(pair.client);
    pair.client.reset();
    stage.settle();
    stage.clock.advance(FLUSH_BEFORE_RESET_MS - 1);
    stage.settle();
    assert.equal(pair.observer.isEnded, false);
    stage.clock.advance(1);
    stage.settle();
    assert.equal(pair.observer.isEnded, true);
    assert.equal(pair.relay.failedSide, "client");
    assert.equal(stage.untilEnd(pair.backend).end, "reset");
  });

  for (const callback of ["onHalfClosed", "onRelayEnded"] as const) {
    stageIt(`is aborted by a bug in ${callback}, and the others go on`, (stage) => {
      const [sick, well] = [stage.pair(), stage.pair()];
      const real = sick.observer[callback].bind(sick.observer);
      const buggy = (relay: Relay): never => {
        real(relay);
        throw new Error("a bug");
      };
      Object.assign(sick.observer, { [callback]: buggy });
      sick.client.finish();
      stage.settle();
      if (callback === "onRelayEnded") sick.backend.finish();
      stage.untilOver(sick);
      assert.equal(stage.untilEnd(sick.client).end, callback === "onHalfClosed" ? "reset" : "finished");
      assert.equal(stage.bugs.splice(0).length, 1);
      well.client.send("well");
      stage.settle();
      well.backend.receive();
      assert.equal(well.backend.text, "well");
    });
  }

  stageIt("may be aborted at a half-close", (stage) => {
    const pair = stage.pair();
    pair.observer.whenHalfClosed = (relay) => stage.callbacks.during(() => relay.abort());
    pair.client.send("last words");
    pair.client.finish();
    stage.untilOver(pair);
    assert.equal(stage.untilEnd(pair.client).end, "reset");
    assert.equal(stage.untilEnd(pair.backend).text, "last words");
    assert.equal(pair.relay.failedSide, undefined);
  });

  stageIt("is not stopped by a unix client whose messages carry descriptors", async (stage, context) => {
    if (hasNoPython()) return context.skip("this machine has no python3");
    const folder = makeTemporaryFolder("descriptors");
    const path = join(folder, "listen.sock");
    const acceptor = new Acceptor(stage.callbacks);
    const listener = await stage.transport.listen(
      { kind: "unix", path },
      { backlog: 8, keepaliveMs: 15_000 },
      acceptor,
    );
    const sender = spawn("python3", ["-c", SEND_DESCRIPTORS, path]);
    stage.until(() => acceptor.accepted.length > 0, "a client");
    const { connection, owner } = acceptor.accepted[0] ?? unreachable();
    assert.ok(connection instanceof LinuxConnection);
    const pair = stage.relay({ connection, owner, peer: new RawPeer(-1) }, stage.reach());
    assert.deepEqual([stage.untilEnd(pair.backend).text, pair.backend.end], ["onetwothreefour", "finished"]);
    pair.backend.finish();
    stage.untilOver(pair);
    stage.callbacks.during(() => listener.close());
    await new Promise((resolve) => sender.once("close", resolve));
    rmSync(folder, { recursive: true });
  });
});

function hasNoPython(): boolean {
  return spawnSync("python3", ["--version"]).status !== 0;
}
