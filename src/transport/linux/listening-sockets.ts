// Listening sockets that workers share: one each for TCP, the same one for a unix socket.

import type { SocketAddress } from "../../wire/address.ts";
import type { ListenOptions } from "../transport.ts";
import { checkUnixSocket, publishUnixSocket, temporarySocketPath } from "../unix-socket.ts";
import {
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_ATTACH_FILTER,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "./constants.ts";
import { systemError } from "./errno.ts";
import { pinnedMemory } from "./memory.ts";
import { familyOf, readSocketAddress, SOCKET_ADDRESS_BYTES, writeSocketAddress } from "./socket-address.ts";
import { setLiveness, setNoDelay, setOption } from "./socket-options.ts";
import { systemCalls } from "./system-calls.ts";

/** Owned by whoever opened them. */
export interface ListeningSockets {
  /** The port that 0 became. */
  readonly address: SocketAddress;
  descriptorOf(worker: number): number;
  /** From now on no new client gets in; those whom the kernel has accepted wait on. Workers should accept for 50 ms more. */
  refuseNew(): void;
  /** Idempotent. */
  close(): void;
}

/** Rejects with the system's error. */
export async function openListeningSockets(
  address: SocketAddress,
  options: ListenOptions,
  workers: number,
): Promise<ListeningSockets> {
  return address.kind === "unix" ? openUnixSocket(address.path, options) : openTcpSockets(address, options, workers);
}

/** The same for TCP. @throws the system's error */
export function openTcpSockets(
  address: Extract<SocketAddress, { readonly kind: "ip" }>,
  options: ListenOptions,
  workers: number,
): ListeningSockets {
  const descriptors = [openSocket(address, options, false)];
  try {
    const [first = -1] = descriptors;
    const bound = boundAddress(first, address);
    // The first is bound without it, so that another process finds the port taken. It joins before it listens: the
    // kernel gathers a group from the sockets that listen.
    if (workers > 1) setOption(first, SOL_SOCKET, SO_REUSEPORT, 1);
    startListening(first, options);
    while (descriptors.length < workers) {
      const next = openSocket(bound, options, true);
      descriptors.push(next);
      startListening(next, options);
    }
    return listeningSockets(bound, descriptors, () => {});
  } catch (error) {
    for (const descriptor of descriptors) systemCalls().close(descriptor);
    throw error;
  }
}

async function openUnixSocket(path: string, options: ListenOptions): Promise<ListeningSockets> {
  // The name that it is bound to is another, so bind(2) would not tell; but nobody could connect.
  if (writeSocketAddress({ kind: "unix", path }, Buffer.alloc(SOCKET_ADDRESS_BYTES)) < 0) {
    throw systemError("bind", ENAMETOOLONG);
  }
  await checkUnixSocket(path);
  const temporary = temporarySocketPath(path);
  const descriptor = openSocket({ kind: "unix", path: temporary }, options, false);
  try {
    startListening(descriptor, options);
    const removeName = publishUnixSocket(temporary, path);
    return listeningSockets({ kind: "unix", path }, [descriptor], removeName);
  } catch (error) {
    systemCalls().close(descriptor);
    throw error;
  }
}

function listeningSockets(
  address: SocketAddress,
  descriptors: readonly number[],
  removeName: () => void,
): ListeningSockets {
  let isClosed = false;
  return {
    address,
    descriptorOf: (worker) => descriptors[worker % descriptors.length] ?? -1,
    refuseNew() {
      // Without its name nobody finds a unix socket.
      removeName();
      if (address.kind === "ip") for (const descriptor of descriptors) dropSyns(descriptor);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      removeName();
      for (const descriptor of descriptors) systemCalls().close(descriptor);
    },
  };
}

/** @returns a bound socket. */
function openSocket(address: SocketAddress, options: ListenOptions, isShared: boolean): number {
  const calls = systemCalls();
  const memory = pinnedMemory(calls, SOCKET_ADDRESS_BYTES);
  const length = writeSocketAddress(address, memory.bytes);
  if (length < 0) throw systemError("bind", ENAMETOOLONG);
  const descriptor = calls.socket(familyOf(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw systemError("socket", calls.errno());
  if (address.kind === "ip") prepare(descriptor, address.ip, options, isShared);
  if (calls.bind(descriptor, memory.address, length) < 0) {
    const error = systemError("bind", calls.errno());
    calls.close(descriptor);
    throw error;
  }
  return descriptor;
}

/** What is accepted inherits all of these, which saves as many system calls for each client. */
function prepare(descriptor: number, ip: string, options: ListenOptions, isShared: boolean): void {
  setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  if (isShared) setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
  if (ip.includes(":")) setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, options.dualStack === true ? 0 : 1);
  setNoDelay(descriptor);
  setLiveness(descriptor, options);
}

function startListening(descriptor: number, { backlog }: ListenOptions): void {
  const calls = systemCalls();
  if (calls.listen(descriptor, backlog) < 0) throw systemError("listen", calls.errno());
}

function boundAddress(descriptor: number, asked: Extract<SocketAddress, { kind: "ip" }>): SocketAddress {
  const calls = systemCalls();
  const memory = pinnedMemory(calls, SOCKET_ADDRESS_BYTES);
  const length = pinnedMemory(calls, 4);
  length.bytes.writeUInt32LE(SOCKET_ADDRESS_BYTES, 0);
  if (calls.getsockname(descriptor, memory.address, length.address) < 0) return asked;
  const bound = readSocketAddress(memory.bytes);
  return bound.kind === "ip" ? { ...asked, port: bound.port } : asked;
}

const ENAMETOOLONG = 36;
const FLAGS_OFFSET = 13;
const SYN = 0x02;
const ALL_BYTES = 0xffff_ffff;

/**
 * A classic BPF program (linux/filter.h: code, jump if true, jump if false, value) that sees a segment from its TCP header
 * on (tcp_filter): load the byte of flags; SYN set: drop; otherwise pass all of it.
 */
const DROP_SYNS: readonly (readonly [number, number, number, number])[] = [
  [0x30, 0, 0, FLAGS_OFFSET],
  [0x45, 0, 1, SYN],
  [0x06, 0, 0, 0],
  [0x06, 0, 0, ALL_BYTES],
];
const INSTRUCTION_BYTES = 8;
// struct sock_fprog: a 16-bit length, padding, and a pointer.
const PROGRAM_BYTES = 16;

function dropSyns(descriptor: number): void {
  const calls = systemCalls();
  const instructions = pinnedMemory(calls, DROP_SYNS.length * INSTRUCTION_BYTES);
  for (const [index, [code, ifTrue, ifFalse, value]] of DROP_SYNS.entries()) {
    const at = index * INSTRUCTION_BYTES;
    instructions.bytes.writeUInt16LE(code, at);
    instructions.bytes.writeUInt8(ifTrue, at + 2);
    instructions.bytes.writeUInt8(ifFalse, at + 3);
    instructions.bytes.writeUInt32LE(value, at + 4);
  }
  const program = pinnedMemory(calls, PROGRAM_BYTES);
  program.bytes.writeUInt16LE(DROP_SYNS.length, 0);
  program.bytes.writeBigUInt64LE(BigInt(instructions.address), 8);
  calls.setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program.address, PROGRAM_BYTES);
}
