// The few system calls that the open-loop generator needs, through koffi. node:net costs ten times as much for a small
// request, and its timers count in whole milliseconds: on a small machine the generator would be what is measured.

import koffi from "koffi";

const libc = koffi.load(null);
const nativeSocket = libc.func("int socket(int domain, int type, int protocol)");
const nativeConnect = libc.func("int connect(int fd, const void *address, uint32_t size)");
const nativeSetsockopt = libc.func("int setsockopt(int fd, int level, int name, const void *value, uint32_t size)");
const nativeSend = libc.func("long send(int fd, const void *data, unsigned long size, int flags)");
const nativeRecv = libc.func("long recv(int fd, void *data, unsigned long size, int flags)");
const nativePpoll = libc.func("int ppoll(void *fds, unsigned long count, void *timeout, void *mask)");
const nativePrctl = libc.func(
  "int prctl(int option, unsigned long value, unsigned long a, unsigned long b, unsigned long c)",
);

// Linux's numbers, the same on every architecture that Node runs on.
const AF_INET = 2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const POLLIN = 1;
const PR_SET_TIMERSLACK = 29;
const EAGAIN = 11;
const EINTR = 4;

/** Opens a connection to a port of 127.0.0.1, and waits until it is there. */
export function connectLoopback(port: number): number {
  const descriptor: number = nativeSocket(AF_INET, SOCK_STREAM, 0);
  if (descriptor < 0) throw systemError("socket");
  // struct sockaddr_in
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_INET, 0);
  address.writeUInt16BE(port, 2);
  address.set([127, 0, 0, 1], 4);
  if (nativeConnect(descriptor, address, address.length) < 0) throw systemError("connect");
  const one = Buffer.from([1, 0, 0, 0]);
  if (nativeSetsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, one, one.length) < 0) throw systemError("setsockopt");
  return descriptor;
}

/** Sends it whole, as small messages always fit. */
export function sendWhole(descriptor: number, data: Uint8Array): void {
  const sent = Number(nativeSend(descriptor, data, data.length, MSG_NOSIGNAL));
  if (sent !== data.length) throw systemError("send");
}

/** @returns how many bytes came, 0 for none yet. */
export function receive(descriptor: number, buffer: Uint8Array): number {
  const size = Number(nativeRecv(descriptor, buffer, buffer.length, MSG_DONTWAIT));
  if (size > 0) return size;
  if (size === 0) throw new Error("the other side closed a connection under load");
  if (koffi.errno() === EAGAIN) return 0;
  throw systemError("recv");
}

/** Sleeps are 50 µs too long otherwise. */
export function sleepExactly(): void {
  nativePrctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
}

/** Waits until one of several descriptors can be read. */
export class ReadPoll {
  /** struct pollfd: int fd; short events, revents. */
  readonly #entries: Int32Array;
  readonly #timespec = new BigInt64Array(2);
  readonly #count: number;

  constructor(descriptors: readonly number[]) {
    this.#entries = Int32Array.from(descriptors.flatMap((descriptor) => [descriptor, POLLIN]));
    this.#count = descriptors.length;
  }

  /** @returns how many can be read; `isReady` tells which. */
  wait(timeoutMs: number): number {
    const nanoseconds = Math.max(0, Math.round(timeoutMs * 1e6));
    this.#timespec[0] = BigInt(Math.floor(nanoseconds / 1e9));
    this.#timespec[1] = BigInt(nanoseconds % 1e9);
    const ready: number = nativePpoll(this.#entries, this.#count, this.#timespec, null);
    if (ready >= 0) return ready;
    if (koffi.errno() === EINTR) return 0;
    throw systemError("ppoll");
  }

  /** As of the last `wait`. */
  isReady(index: number): boolean {
    return (this.#entries[2 * index + 1] ?? 0) >>> 16 !== 0;
  }
}

function systemError(call: string): Error {
  return new Error(`${call}: error number ${koffi.errno()}`);
}
