// Real sockets of this process around a transport that uses real sockets.

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../src/clock.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { formatHostPort, type SocketAddress } from "../../src/wire/address.ts";
import { startBlackHole } from "../support/black-hole.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withDeadline } from "../support/deadline.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { connectPeer, type Peer, type Target } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";
import { startRefuser } from "../support/refuser.ts";
import type { AddressFamily, TransportWorld, WorldPeer } from "./world.ts";

// Loopback delivers within the call that sends. A few turns more than any answer takes.
const TURNS_TO_SETTLE = 30;
// SKB_MAX_ALLOC + UNIX_SKB_FRAGS_SZ (net/unix/af_unix.c).
const UNIX_PIECE_BYTES = 48 * 1024;
const ELSEWHERE_BYTES = 8 * 1024 * 1024;
const LEAVE = 'const s = require("net").connect(JSON.parse(process.argv[1]), () => s.resetAndDestroy())';

export async function createRealWorld(
  createTransport: (clock: Clock) => Transport,
  readAheadBytes: number,
): Promise<TransportWorld> {
  const clock = createFakeClock();
  const folder = makeTemporaryFolder("transport");
  const peers: Peer[] = [];
  const fixtures: AsyncDisposable[] = [];
  let paths = 0;

  function newPath(): string {
    paths++;
    return join(folder, `${paths}.sock`);
  }

  async function started<T extends AsyncDisposable>(starting: Promise<T>): Promise<T> {
    const fixture = await starting;
    fixtures.push(fixture);
    return fixture;
  }

  return {
    transport: createTransport(clock),
    bufferBytes,
    readAheadBytes,
    listenAddress(family) {
      if (family === "unix") return { kind: "unix", path: newPath() };
      if (family === "ipv6" && !hasIpv6()) return undefined;
      return { kind: "ip", ip: loopback(family), port: 0 };
    },
    async connect(to, options) {
      const peer = await connectPeer({ ...targetOf(to), ...options });
      peers.push(peer);
      return worldPeer(peer);
    },
    connectAndLeave(to) {
      // In another process, and waited for: this one can't have accepted meanwhile.
      const { status, stderr } = spawnSync(process.execPath, ["-e", LEAVE, JSON.stringify(targetOf(to))]);
      if (status !== 0) throw new Error(stderr.toString());
    },
    async serve(family, options = {}) {
      const where = family === "unix" ? { path: newPath() } : { host: loopback(family) };
      const server = await started(startPeerServer(() => {}, { ...where, ...options }));
      return { address: addressOf(server, where.path), next: async () => worldPeer(await server.next()) };
    },
    foreignIp: "192.0.2.1",
    async refuser() {
      const { host, port } = await started(startRefuser());
      return { kind: "ip", ip: host, port };
    },
    async blackHole() {
      if (process.platform !== "linux") return undefined;
      const { host, port } = await started(startBlackHole());
      return { kind: "ip", ip: host, port };
    },
    advance: (ms) => clock.advance(ms),
    settle,
    until: turnUntil,
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.reset();
      await Promise.all(peers.map((peer) => peer.closed()));
      for (const fixture of fixtures) await fixture[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn++) await nextTurn();
}

async function turnUntil(isTrue: () => boolean, what: string): Promise<void> {
  let isWaiting = true;
  async function turn(): Promise<void> {
    while (isWaiting && !isTrue()) await nextTurn();
  }
  try {
    await withDeadline(turn(), () => what);
  } finally {
    isWaiting = false;
  }
}

function worldPeer(peer: Peer): WorldPeer {
  const { socket, localPort } = peer;
  const { localAddress, remoteAddress = "" } = socket;
  return {
    dialledFrom: remoteAddress,
    address: localPort === 0 ? "unix:" : formatHostPort(localAddress ?? "", localPort),
    get byteCount() {
      return peer.byteCount;
    },
    get sentCount() {
      return socket.bytesWritten - socket.writableLength;
    },
    send: (bytes) => peer.send(bytes),
    sendAll: (chunks) => peer.sendAll(chunks),
    finish: (bytes) => peer.finish(bytes),
    reset(bytes) {
      // Written within the call, as far as the buffers go.
      if (bytes !== undefined) socket.write(bytes);
      peer.reset();
    },
    pause: () => peer.pause(),
    resume: () => peer.resume(),
    received: (byteCount) => peer.received(byteCount),
    ended: () => peer.ended(),
    closed: () => peer.closed(),
  };
}

function targetOf(address: SocketAddress): Target {
  return address.kind === "unix" ? { path: address.path } : { host: address.ip, port: address.port };
}

function addressOf(server: PeerServer, path: string | undefined): SocketAddress {
  return path === undefined ? { kind: "ip", ip: server.host, port: server.port } : { kind: "unix", path };
}

function loopback(family: AddressFamily): string {
  return family === "ipv6" ? "::1" : "127.0.0.1";
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));
}

/** The largest that the system makes the two buffers between two sockets. Linux; elsewhere more than usual. */
function bufferBytes(family: AddressFamily): number {
  // A unix socket has only the sender's buffer, which is asked for room before each piece, and may overflow by one.
  if (family === "unix") {
    const [sending = ELSEWHERE_BYTES] = readNumbers("/proc/sys/net/core/wmem_default");
    return sending + UNIX_PIECE_BYTES;
  }
  const [, , receiving = ELSEWHERE_BYTES] = readNumbers("/proc/sys/net/ipv4/tcp_rmem");
  const [, , sending = ELSEWHERE_BYTES] = readNumbers("/proc/sys/net/ipv4/tcp_wmem");
  return receiving + sending;
}

function readNumbers(path: string): number[] {
  try {
    return readFileSync(path, "latin1").trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
}
