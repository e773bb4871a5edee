import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DescriptorTable } from "../../../src/transport/linux/descriptor-table.ts";
import { createLinuxTransport } from "../../../src/transport/linux/transport.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { openDescriptors } from "../../support/leaks.ts";
import { Acceptor, Dialler } from "../callbacks.ts";
import { RawPeer } from "./raw-peer.ts";
import { stageIt, unreachable } from "./stage.ts";

const OPTIONS = { keepaliveMs: 15_000 };

describe("DescriptorTable", () => {
  stageIt("closes what a loop had open that is dead, and resets its connections", (stage) => {
    const [clients, servers] = [stage.sockets(), stage.sockets()];
    const before = openDescriptors();
    const table = new DescriptorTable(100);
    // Nobody closes it: its thread has gone.
    const dead = createLinuxTransport({ clock: createFakeClock(), descriptors: table });
    const acceptor = new Acceptor(stage.callbacks);
    dead.accept(clients.descriptorOf(0), clients.address, OPTIONS, acceptor);
    const client = RawPeer.connect(clients.address);
    const dialler = new Dialler(stage.callbacks);
    dead.dial(servers.address, OPTIONS, dialler);
    for (let turn = 0; turn < 10; turn++) dead.turn(0);
    const server = RawPeer.accept(servers.descriptorOf(0)) ?? unreachable();
    const joined = [acceptor.accepted[0]?.connection ?? unreachable(), dialler.connection ?? unreachable()] as const;
    dead.relay(...joined, { onHalfClosed() {}, onRelayEnded() {} });
    // Stuck, so that it has a pipe, too.
    client.feed(1, 100_000_000);
    for (let turn = 0; turn < 200; turn++) {
      client.pump();
      if (turn < 20) server.receive();
      dead.turn(0);
    }
    const another = new DescriptorTable(100, table.memory);
    assert.equal(another.closeAll(), 5, "the epoll, two connections and a pipe");
    client.receive();
    server.receive();
    assert.deepEqual([client.end, server.end], ["reset", "reset"]);
    client.close();
    server.close();
    assert.deepEqual([openDescriptors(), another.closeAll()], [before, 0]);
  });

  it("knows no more than it has places for, and loses nothing else by that", () => {
    const table = new DescriptorTable(2);
    for (const place of [0, 1, 2]) table.set(place, 40 + place);
    table.clear(2);
    assert.deepEqual([...new Int32Array(table.memory)], [41, 42]);
    table.clear(0);
    assert.deepEqual([...new Int32Array(table.memory)], [0, 42]);
  });

  it("knows the descriptor 0", () => {
    const table = new DescriptorTable(1);
    table.set(0, 0);
    assert.deepEqual([...new Int32Array(table.memory)], [1]);
  });
});
