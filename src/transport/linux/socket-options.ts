import type { SocketOptions } from "../transport.ts";
import {
  IP_BIND_ADDRESS_NO_PORT,
  IPPROTO_IP,
  IPPROTO_TCP,
  SIOCOUTQNSD,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_QUICKACK,
  TCP_USER_TIMEOUT,
} from "./constants.ts";
import { type PinnedMemory, pinnedMemory } from "./memory.ts";
import { type SystemCalls, systemCalls } from "./system-calls.ts";

// As node:net does: ten questions, one each second.
const KEEPALIVE_INTERVAL_S = 1;
const KEEPALIVE_COUNT = 10;
// tcp(7): the largest that the kernel takes.
const LONGEST_KEEPALIVE_S = 32_767;

const INT_BYTES = 4;
const LINGER_BYTES = 8;

interface Scratch {
  readonly calls: SystemCalls;
  /** An int, or a struct linger. */
  readonly value: PinnedMemory;
  readonly length: PinnedMemory;
  /** { l_onoff: 1, l_linger: 0 } */
  readonly noLinger: PinnedMemory;
}

let scratch: Scratch | undefined;

function memory(): Scratch {
  if (scratch !== undefined) return scratch;
  const calls = systemCalls();
  const noLinger = pinnedMemory(calls, LINGER_BYTES);
  noLinger.bytes.writeInt32LE(1, 0);
  scratch = {
    calls,
    value: pinnedMemory(calls, INT_BYTES),
    length: pinnedMemory(calls, INT_BYTES),
    noLinger,
  };
  return scratch;
}

/** @returns whether the kernel took it. */
export function setOption(socket: number, level: number, name: number, value: number): boolean {
  const {
    calls,
    value: { bytes, address },
  } = memory();
  bytes.writeInt32LE(value, 0);
  return calls.setsockopt(socket, level, name, address, INT_BYTES) === 0;
}

export function setNoDelay(socket: number): void {
  setOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

/** Leaves the last ACK of the handshake to go with the first bytes (tcp_rcv_synsent_state_process): one packet less. */
export function awaitFirstBytes(socket: number): void {
  setOption(socket, IPPROTO_TCP, TCP_QUICKACK, 0);
}

/**
 * Leaves the choice of a port to connect(2), which knows the other end: bind(2) would find one that nobody has, and there
 * are 28,000 of these in all instead of for each backend (Linux 4.2; inet6_bind asks for the same option).
 */
export function chooseLocalPortLate(socket: number): void {
  setOption(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
}

/** Keepalive and the user timeout. What is accepted from a listening socket inherits them from it. */
export function setLiveness(socket: number, { keepaliveMs, userTimeoutMs }: SocketOptions): void {
  if (Number.isFinite(keepaliveMs)) {
    const idleS = Math.min(Math.max(1, Math.round(keepaliveMs / 1000)), LONGEST_KEEPALIVE_S);
    setOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    setOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, idleS);
    setOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
    setOption(socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
  }
  if (userTimeoutMs !== undefined && Number.isFinite(userTimeoutMs)) {
    setOption(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeoutMs);
  }
}

/** The error that waits on a socket, which this takes; 0 for none. */
export function takeError(socket: number): number {
  const { calls, value, length } = memory();
  length.bytes.writeUInt32LE(INT_BYTES, 0);
  if (calls.getsockopt(socket, SOL_SOCKET, SO_ERROR, value.address, length.address) < 0) return calls.errno();
  return value.bytes.readInt32LE(0);
}

/** Bytes that the kernel has taken and not sent yet, because the other side's window is full: a RST would destroy them. */
export function unsentBytes(socket: number): number {
  const { calls, value } = memory();
  // A unix socket does not know the question, and its bytes have arrived.
  return calls.ioctl(socket, SIOCOUTQNSD, value.address) < 0 ? 0 : value.bytes.readInt32LE(0);
}

/** Closes with RST, and drops what was not sent yet. On anything but a TCP socket it merely closes. */
export function closeAbruptly(descriptor: number): void {
  const { calls, noLinger } = memory();
  calls.setsockopt(descriptor, SOL_SOCKET, SO_LINGER, noLinger.address, LINGER_BYTES);
  calls.close(descriptor);
}
