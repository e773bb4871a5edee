import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe } from "node:test";
import type { LinuxConnection } from "../../../src/transport/linux/connection.ts";
import { IPPROTO_TCP, TCP_NODELAY } from "../../../src/transport/linux/constants.ts";
import { counting, failing } from "./faults.ts";
import { optionOf } from "./socket-option.ts";
import { stageIt } from "./stage.ts";

const { ENOMEM, ETIMEDOUT } = constants.errno;

describe("LinuxConnection", () => {
  stageIt("asks for TCP_NODELAY on a dialled socket when it sends for the second time", (stage) => {
    const { connection, peer } = stage.reach();
    const isSet: boolean[] = [isPrompt(connection)];
    for (const text of ["one", "two"]) {
      connection.write(Buffer.from(text));
      isSet.push(isPrompt(connection));
    }
    assert.deepEqual(isSet, [false, false, true]);
    assert.equal(
      counting("setsockopt", () => connection.write(Buffer.from("three"))),
      0,
    );
    stage.settle();
    peer.receive();
    assert.equal(peer.text, "onetwothree");
  });

  stageIt("has TCP_NODELAY from its listening socket when it is accepted", (stage) => {
    const { connection } = stage.accept();
    assert.equal(isPrompt(connection), true);
  });

  stageIt("answers one who asks for less than was asked in vain before", (stage) => {
    const { connection, owner, peer } = stage.accept();
    peer.send("abc");
    stage.callbacks.during(() => connection.peek(10));
    stage.settle();
    assert.equal(owner.prefixes.length, 0);
    stage.callbacks.during(() => connection.peek(2));
    stage.settle();
    assert.deepEqual(owner.prefixes, [{ bytes: Buffer.from("abc"), ended: false }]);
  });

  stageIt("looks once for each arrival at a prefix that grows", (stage) => {
    const { connection, owner, peer } = stage.accept();
    const shown: number[] = [];
    owner.onPrefix = ({ length }) => {
      shown.push(length);
      connection.peek(length);
    };
    connection.peek(0);
    const looks = counting("recv", () => {
      for (let count = 1; count <= 100; count++) {
        peer.send("x");
        stage.settle();
      }
      // Nagle's algorithm may have made fewer of them.
      stage.until(() => shown.at(-1) === 100, "all of it");
    });
    assert.equal(looks, shown.length);
    assert.equal(new Set(shown).size, shown.length);
  });

  stageIt("reads nothing more for a relay once all that was shown has been taken", (stage) => {
    const reached = stage.reach();
    const { connection, owner, peer } = stage.accept();
    stage.callbacks.during(() => connection.peek(0));
    peer.send("head");
    stage.until(() => owner.prefixes.length > 0, "a prefix");
    connection.take(4);
    stage.relay({ connection, owner, peer }, reached);
    assert.equal(
      counting("recv", () => stage.settle()),
      0,
    );
    peer.send("body");
    stage.settle();
    reached.peer.receive();
    assert.equal(reached.peer.text, "body");
  });

  stageIt("misses nothing that came between a look and what was taken", (stage) => {
    const reached = stage.reach();
    const { connection, owner, peer } = stage.accept();
    stage.callbacks.during(() => connection.peek(0));
    peer.send("head");
    stage.until(() => owner.prefixes.length > 0, "a prefix");
    peer.send("body");
    connection.take(4);
    stage.relay({ connection, owner, peer }, reached);
    stage.settle();
    reached.peer.receive();
    assert.equal(reached.peer.text, "body");
  });

  stageIt("reads nothing while nobody asks", (stage) => {
    const { peer } = stage.accept();
    assert.equal(
      counting("recv", () => {
        peer.send("abc");
        stage.settle();
      }),
      0,
    );
  });

  stageIt("reports a failed write once, at the end of the turn, and is closed by then", (stage) => {
    const { connection, owner, peer } = stage.accept();
    peer.reset();
    stage.callbacks.during(() => {
      for (const text of ["a", "b"]) connection.write(Buffer.from(text));
    });
    const causes = [owner.closing?.cause];
    stage.transport.turn(0);
    causes.push(owner.closing?.cause);
    assert.deepEqual(causes, [undefined, "reset"]);
  });

  for (const [errno, code] of [
    [ENOMEM, "ENOMEM"],
    [ETIMEDOUT, "ETIMEDOUT"],
  ] as const) {
    stageIt(`is lost where the system says ${code}`, (stage) => {
      const { connection, owner } = stage.accept();
      failing("send", errno, () => connection.write(Buffer.from("x")));
      stage.settle();
      assert.deepEqual(owner.closing, { cause: "lost", code });
    });
  }

  stageIt("is reset by a bug in its session, and the loop goes on", (stage) => {
    const { connection, owner, peer } = stage.accept();
    const onPrefix = owner.onPrefix.bind(owner);
    owner.onPrefix = (prefix, ended) => {
      onPrefix(prefix, ended);
      throw new Error("a bug");
    };
    stage.callbacks.during(() => connection.peek(0));
    peer.send("x");
    assert.equal(stage.untilEnd(peer).end, "reset");
    assert.equal(owner.closing?.cause, "closed");
    assert.equal(stage.bugs.splice(0).length, 1);
  });

  stageIt("is closed although the report of that throws", (stage) => {
    const { connection, owner, peer } = stage.accept();
    const onConnectionClosed = owner.onConnectionClosed.bind(owner);
    owner.onConnectionClosed = (...args) => {
      onConnectionClosed(...args);
      throw new Error("a bug");
    };
    stage.callbacks.during(() => connection.reset());
    assert.equal(stage.untilEnd(peer).end, "reset");
    assert.equal(stage.bugs.splice(0).length, 1);
  });

  stageIt("is not hung by urgent data while somebody peeks, nor by the FIN behind it", (stage) => {
    const { connection, owner, peer } = stage.accept();
    stage.callbacks.during(() => connection.peek(100));
    peer.sendUrgent();
    peer.send("behind");
    peer.finish();
    stage.until(() => owner.prefixes.length > 0, "the end");
    assert.deepEqual(owner.prefixes, [{ bytes: Buffer.from("behind"), ended: true }]);
  });

  stageIt("takes what was shown, although a reset is behind it, and fails of the reset then", (stage) => {
    const reached = stage.reach();
    const { connection, owner, peer } = stage.accept();
    stage.callbacks.during(() => connection.peek(0));
    peer.send("header");
    stage.until(() => owner.prefixes.length > 0, "a prefix");
    peer.reset();
    stage.callbacks.during(() => connection.take(6));
    const pair = stage.relay({ connection, owner, peer }, reached);
    stage.untilOver(pair);
    assert.deepEqual([pair.relay.failedSide, pair.relay.failure], ["client", "reset"]);
    assert.equal(stage.untilEnd(pair.backend).end, "reset");
  });

  stageIt("touches its descriptor no more once it is closed: it may be another's", (stage) => {
    const { connection, owner, peer } = stage.accept();
    peer.reset();
    stage.until(() => owner.closing !== undefined, "its close");
    const other = stage.connect(stage.listen().address);
    assert.equal(other.descriptor, connection.descriptor);
    connection.write(Buffer.from("x"));
    connection.finish();
    connection.reset();
    stage.settle();
    assert.equal(other.send("still open"), 10);
  });

  stageIt("gives up what comes after its FIN, up to the other side's", (stage) => {
    const { connection, owner, peer } = stage.accept();
    connection.write(Buffer.from("bye"));
    connection.finish();
    stage.settle();
    peer.send("too late");
    peer.finish();
    assert.deepEqual([stage.untilEnd(peer).text, peer.end], ["bye", "finished"]);
    stage.until(() => owner.closing !== undefined, "its close");
    assert.equal(owner.closing?.cause, "finished");
  });
});

function isPrompt({ descriptor }: LinuxConnection): boolean {
  return optionOf(descriptor, IPPROTO_TCP, TCP_NODELAY) !== 0;
}
