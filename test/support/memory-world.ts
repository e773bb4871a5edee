// The transport in memory and peers for its contract suite. It turns by itself, as a real loop does.

import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { SocketAddress } from "../../src/wire/address.ts";
import type { AddressFamily, TransportWorld, WorldPeer } from "../transport/world.ts";
import { withDeadline } from "./deadline.ts";
import { createFakeClock } from "./fake-clock.ts";
import type { MemoryPeer } from "./memory-peer.ts";
import type { MemoryServer } from "./memory-server.ts";
import { MemoryTransport } from "./memory-transport.ts";
import { WIRE_BYTES } from "./memory-wire.ts";

const TURNS_TO_SETTLE = 30;
const FIRST_KEPT_BYTES = 65_536;
// RFC 5737.
const FOREIGN_IP = "192.0.2.1";

export async function createMemoryWorld(): Promise<TransportWorld> {
  const clock = createFakeClock();
  const transport = new MemoryTransport(clock);
  transport.foreignIps.add(FOREIGN_IP);
  const peers: MemoryPeer[] = [];
  let isOpen = true;
  let places = 0;

  function turn(): void {
    if (!isOpen) return;
    transport.turn();
    setImmediate(turn);
  }

  /** An address where nothing is. */
  function newAddress(family: AddressFamily): SocketAddress {
    places++;
    if (family === "unix") return { kind: "unix", path: `/memory/${places}.sock` };
    return { kind: "ip", ip: loopback(family), port: places };
  }

  setImmediate(turn);
  return {
    transport,
    bufferBytes: () => WIRE_BYTES,
    readAheadBytes: 0,
    listenAddress: (family) => (family === "unix" ? newAddress(family) : { kind: "ip", ip: loopback(family), port: 0 }),
    async connect(to, { paused = false } = {}) {
      const peer = transport.connect(to, { ip: to.kind === "ip" ? to.ip : "" });
      if (paused) peer.pause();
      peers.push(peer);
      return worldPeer(peer);
    },
    connectAndLeave(to) {
      transport.connect(to).reset();
    },
    async serve(family, { paused = false } = {}) {
      const server = transport.serve(newAddress(family));
      server.onAccept = (peer) => {
        if (paused) peer.pause();
        peers.push(peer);
      };
      return { address: server.address, next: nextPeer(server) };
    },
    foreignIp: FOREIGN_IP,
    refuser: async () => newAddress("ipv4"),
    async blackHole() {
      const server = transport.serve(newAddress("ipv4"));
      server.otherwise = "wait";
      return server.address;
    },
    advance: (ms) => clock.advance(ms),
    async settle() {
      for (let count = 0; count < TURNS_TO_SETTLE; count++) await nextTurn();
    },
    until: (isTrue, what) => until(isTrue, () => what),
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.reset();
      isOpen = false;
    },
  };
}

function loopback(family: AddressFamily): string {
  return family === "ipv6" ? "::1" : "127.0.0.1";
}

function nextPeer(server: MemoryServer): () => Promise<WorldPeer> {
  let given = 0;
  return async () => {
    const index = given;
    given++;
    await until(
      () => server.peers.length > index,
      () => `dial ${index + 1} to be accepted`,
    );
    const peer = server.peers[index];
    if (peer === undefined) throw new Error("unreachable: waited until it was there");
    return worldPeer(peer);
  };
}

async function until(isTrue: () => boolean, what: () => string): Promise<void> {
  let isGivenUp = false;
  async function poll(): Promise<void> {
    while (!isGivenUp && !isTrue()) await nextTurn();
  }
  try {
    await withDeadline(poll(), what);
  } finally {
    isGivenUp = true;
  }
}

function worldPeer(peer: MemoryPeer): WorldPeer {
  const hash = createHash("sha256");
  let first: Buffer = Buffer.alloc(0);
  function keep(bytes: Buffer): void {
    hash.update(bytes);
    if (first.length < FIRST_KEPT_BYTES) first = Buffer.concat([first, bytes]).subarray(0, FIRST_KEPT_BYTES);
  }
  keep(peer.received);
  peer.onBytes = keep;

  /** What was sent before the call leaves this end. */
  async function leaves(what: string): Promise<void> {
    const hasLeft = peer.unsentCount === 0 && !peer.isClosed;
    // Who sends for ever to somebody who takes it all must not keep the loop from turning.
    await nextTurn();
    if (hasLeft) return;
    await until(
      () => peer.unsentCount === 0 || peer.isClosed,
      () => what,
    );
    if (peer.isReset || (peer.isClosed && peer.end !== "finished"))
      throw new Error(`${what}: the connection is broken`);
  }

  const self: WorldPeer = {
    address: peer.address,
    dialledFrom: peer.dialledFrom,
    get byteCount() {
      return peer.byteCount;
    },
    get sentCount() {
      return peer.sentCount;
    },
    async send(bytes) {
      peer.send(bytes);
      await leaves(`${bytes.length} bytes to leave`);
    },
    async sendAll(chunks) {
      for (const chunk of chunks) await self.send(chunk);
    },
    async finish(bytes) {
      peer.finish(bytes);
      await leaves("the FIN to leave");
    },
    reset: (bytes) => peer.reset(bytes),
    pause: () => peer.pause(),
    resume: () => peer.resume(),
    async received(byteCount) {
      await until(
        () => peer.byteCount >= byteCount || peer.end !== undefined,
        () => `${byteCount} bytes, with ${peer.byteCount} received`,
      );
      if (peer.byteCount < byteCount) throw new Error(`${peer.end} after ${peer.byteCount} of ${byteCount} bytes`);
      return first;
    },
    async ended() {
      await until(
        () => peer.end !== undefined,
        () => `the end, with ${peer.byteCount} bytes received`,
      );
      if (peer.end === undefined) throw new Error("unreachable: waited until it was there");
      return { how: peer.end, byteCount: peer.byteCount, sha256: hash.copy().digest("hex") };
    },
    closed: () =>
      until(
        () => peer.isClosed,
        () => "the close",
      ),
  };
  return self;
}
