// Every system call of the linux transport, declared once. Addresses of memory are plain numbers (see memory.ts), and a
// result below 0 means that `errno()` says why, until the next call.
//
// Sources: the man pages of section 2, and the C library's own prototypes. size_t and ssize_t are declared as 32-bit
// integers: nothing here moves 2 GiB at once, and koffi is faster with them on the 64-bit machines that this is for.

import { createRequire } from "node:module";

/** A C function that takes numbers and gives one. */
type Call<Arguments extends readonly number[]> = (...args: Arguments) => number;

/** The signatures that koffi is given; what `SystemCalls` says of each must agree. */
const prototypes = {
  accept4: "int accept4(int socket, uintptr_t address, uintptr_t length, int flags)",
  bind: "int bind(int socket, uintptr_t address, uint32 length)",
  close: "int close(int descriptor)",
  connect: "int connect(int socket, uintptr_t address, uint32 length)",
  epoll_create1: "int epoll_create1(int flags)",
  epoll_ctl: "int epoll_ctl(int epoll, int operation, int descriptor, uintptr_t event)",
  epoll_wait: "int epoll_wait(int epoll, uintptr_t events, int most, int timeoutMs)",
  eventfd: "int eventfd(uint32 initial, int flags)",
  fcntl: "int fcntl(int descriptor, int command, int argument)",
  getsockname: "int getsockname(int socket, uintptr_t address, uintptr_t length)",
  getsockopt: "int getsockopt(int socket, int level, int name, uintptr_t value, uintptr_t length)",
  ioctl: "int ioctl(int descriptor, unsigned long request, uintptr_t argument)",
  listen: "int listen(int socket, int backlog)",
  pipe2: "int pipe2(uintptr_t descriptors, int flags)",
  read: "int read(int descriptor, uintptr_t buffer, uint32 length)",
  recv: "int recv(int socket, uintptr_t buffer, uint32 length, int flags)",
  send: "int send(int socket, uintptr_t buffer, uint32 length, int flags)",
  setsockopt: "int setsockopt(int socket, int level, int name, uintptr_t value, uint32 length)",
  shutdown: "int shutdown(int socket, int how)",
  socket: "int socket(int family, int type, int protocol)",
  splice: "int splice(int from, uintptr_t fromOffset, int to, uintptr_t toOffset, uint32 length, uint32 flags)",
  write: "int write(int descriptor, uintptr_t buffer, uint32 length)",
} as const;

export interface SystemCalls {
  readonly accept4: Call<[socket: number, address: number, length: number, flags: number]>;
  readonly bind: Call<[socket: number, address: number, length: number]>;
  readonly close: Call<[descriptor: number]>;
  readonly connect: Call<[socket: number, address: number, length: number]>;
  readonly epoll_create1: Call<[flags: number]>;
  readonly epoll_ctl: Call<[epoll: number, operation: number, descriptor: number, event: number]>;
  readonly epoll_wait: Call<[epoll: number, events: number, most: number, timeoutMs: number]>;
  readonly eventfd: Call<[initial: number, flags: number]>;
  readonly fcntl: Call<[descriptor: number, command: number, argument: number]>;
  readonly getsockname: Call<[socket: number, address: number, length: number]>;
  readonly getsockopt: Call<[socket: number, level: number, name: number, value: number, length: number]>;
  readonly ioctl: Call<[descriptor: number, request: number, argument: number]>;
  readonly listen: Call<[socket: number, backlog: number]>;
  readonly pipe2: Call<[descriptors: number, flags: number]>;
  readonly read: Call<[descriptor: number, buffer: number, length: number]>;
  readonly recv: Call<[socket: number, buffer: number, length: number, flags: number]>;
  readonly send: Call<[socket: number, buffer: number, length: number, flags: number]>;
  readonly setsockopt: Call<[socket: number, level: number, name: number, value: number, length: number]>;
  readonly shutdown: Call<[socket: number, how: number]>;
  readonly socket: Call<[family: number, type: number, protocol: number]>;
  readonly splice: Call<
    [from: number, fromOffset: number, to: number, toOffset: number, length: number, flags: number]
  >;
  readonly write: Call<[descriptor: number, buffer: number, length: number]>;
  /** Of the last call that failed; to be read at once. */
  errno(): number;
  /** Where a buffer's bytes are. They stay there, as long as somebody holds the buffer. */
  addressOf(bytes: Uint8Array): number;
}

/** What of koffi is used here. It is an optional dependency, so it is never imported. */
interface Koffi {
  load(path: string): { func(prototype: string): unknown };
  errno(): number;
  address(bytes: Uint8Array): bigint | number;
}

// glibc, and musl's two names (Alpine has the second).
const LIBRARIES: readonly string[] = ["libc.so.6", `libc.musl-${machineName()}.so.1`, "libc.so"];

let loaded: SystemCalls | undefined;

/**
 * The system calls of this thread.
 * @throws where koffi is missing or finds no C library
 */
export function systemCalls(): SystemCalls {
  loaded ??= load();
  return loaded;
}

function load(): SystemCalls {
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  const library = firstThatLoads(koffi);
  const calls = Object.entries(prototypes).map(([name, prototype]) => [name, library.func(prototype)]);
  return {
    ...(Object.fromEntries(calls) as Omit<SystemCalls, "errno" | "addressOf">),
    errno: () => koffi.errno(),
    addressOf: (bytes) => Number(koffi.address(bytes)),
  };
}

function firstThatLoads(koffi: Koffi): ReturnType<Koffi["load"]> {
  let problem: unknown;
  for (const path of LIBRARIES) {
    try {
      return koffi.load(path);
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

function machineName(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}
