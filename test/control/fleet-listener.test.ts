import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../src/clock.ts";
import { lendTo, openForLinux, openForNet } from "../../src/control/fleet-listener.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { listenerSnapshot } from "../support/snapshots.ts";
import { withoutWorkers } from "./crew.ts";

const ANY = { kind: "ip", ip: "127.0.0.1", port: 0 } as const;

describe("openForNet", () => {
  it(
    "finds a port, and leaves it to the workers",
    withoutLeaks(async () => {
      const opened = await openForNet(1, listenerSnapshot(), ANY, false, systemClock);
      assert.ok(opened.address.kind === "ip" && opened.address.port > 0);
      const { address } = opened;
      const question = { kind: "listen", door: 1, listener: "front", address, dualStack: false };
      assert.deepEqual(
        [0, 1].map((worker) => opened.questionFor(worker)),
        [question, question],
      );
      await assert.rejects(connectPeer({ port: address.port }), { code: "ECONNREFUSED" });
      opened.refuseNew();
      opened.close();
    }),
  );

  it(
    "refuses a port that somebody has",
    withoutLeaks(async () => {
      await using taken = await startPeerServer();
      const address = { ...ANY, port: taken.port };
      await assert.rejects(openForNet(1, listenerSnapshot(), address, false, systemClock), { code: "EADDRINUSE" });
    }),
  );

  it("gives a unix socket to one worker, since only one can listen there", async () => {
    const address = { kind: "unix", path: "/run/none.sock" } as const;
    const opened = await openForNet(1, listenerSnapshot(), address, false, systemClock);
    assert.deepEqual(opened.address, address);
    assert.deepEqual(
      [0, 1].map((worker) => opened.questionFor(worker)?.kind),
      ["listen", undefined],
    );
  });
});

describe("openForLinux", { skip: withoutWorkers("linux") }, () => {
  it(
    "opens a socket for each worker on one port, where nobody else can listen until it is closed",
    withoutLeaks(async () => {
      const opened = await openForLinux(1, listenerSnapshot(), ANY, false, 3);
      const { address } = opened;
      const descriptors = [0, 1, 2].map((worker) => {
        const question = opened.questionFor(worker);
        assert.ok(question?.kind === "accept");
        assert.deepEqual(question.address, address);
        return question.descriptor;
      });
      assert.equal(new Set(descriptors).size, 3);
      await assert.rejects(openForLinux(1, listenerSnapshot(), address, false, 1), { code: "EADDRINUSE" });
      await assert.rejects(openForNet(1, listenerSnapshot(), address, false, systemClock), { code: "EADDRINUSE" });
      opened.refuseNew();
      opened.close();
      const again = await openForLinux(1, listenerSnapshot(), address, false, 1);
      again.close();
    }),
  );
});

describe("lendTo", () => {
  const address = { kind: "ip", ip: "127.0.0.1", port: 80 } as const;

  it("gives each worker on net a copy of its own, also one that comes after another", () => {
    let next = 100;
    const lent = lendTo("net", 1, listenerSnapshot(), address, { descriptor: 3, copy: () => next++ });
    const question = { kind: "listen", door: 1, listener: "front", address, dualStack: false };
    assert.deepEqual(
      [0, 1, 0].map((worker) => lent.questionFor(worker)),
      [100, 101, 102].map((inherited) => ({ ...question, inherited })),
    );
    lent.refuseNew();
    lent.close();
  });

  it("gives it to the first worker on net where there are no copies", () => {
    const left = [3];
    const lent = lendTo("net", 1, listenerSnapshot(), address, { descriptor: 3, copy: () => left.pop() });
    assert.deepEqual(
      [0, 1].map((worker) => lent.questionFor(worker)?.kind),
      ["listen", undefined],
    );
  });
});
