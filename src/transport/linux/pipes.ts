// Pipes for splice(2). A pipe is used again only when it is empty: anything else would send one client's bytes to another.

import type { Timer } from "../../clock.ts";
import { EAGAIN, EINTR, F_SETPIPE_SZ, O_CLOEXEC, O_NONBLOCK, SPLICE_F_MOVE, SPLICE_F_NONBLOCK } from "./constants.ts";
import type { Loop } from "./loop.ts";
import { type PinnedMemory, pinnedMemory } from "./memory.ts";
import type { SystemCalls } from "./system-calls.ts";

/** The most that a pipe is filled with at once: what unprivileged users may make of one (fs.pipe-max-size). */
export const PIPE_BYTES = 1_048_576;

const MOST_IDLE = 16;
/** How long a pipe may lie about that nobody needs. */
const SWEEP_MS = 1_000;
/** A pipe is in use only while it holds bytes that a reader would not take: so 64 MiB at most, and then it is copied. */
const MOST = 64;

const EINVAL = 22;
const ENOSYS = 38;
const FLAGS: number = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

export class Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
  readonly readSlot: number;
  readonly writeSlot: number;
  /** Bytes in it. */
  countBytes = 0;
  readonly #calls: SystemCalls;

  constructor(loop: Loop, readEnd: number, writeEnd: number) {
    this.#calls = loop.calls;
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    this.readSlot = loop.occupy(readEnd);
    this.writeSlot = loop.occupy(writeEnd);
  }

  /** @returns how many bytes came from the socket; as recv(2). */
  fill(socket: number, mostBytes: number): number {
    const got = this.#calls.splice(socket, 0, this.writeEnd, 0, mostBytes, FLAGS);
    if (got > 0) this.countBytes += got;
    return got;
  }

  /** Gives all of it to the socket. @returns 0 when it is empty; otherwise the errno that stopped it. */
  empty(socket: number): number {
    while (this.countBytes > 0) {
      const took = this.#calls.splice(this.readEnd, 0, socket, 0, this.countBytes, FLAGS);
      if (took < 0) {
        const errno = this.#calls.errno();
        if (errno === EINTR) continue;
        return errno;
      }
      if (took === 0) return EAGAIN;
      this.countBytes -= took;
    }
    return 0;
  }
}

export class Pipes {
  readonly #loop: Loop;
  readonly #idle: Pipe[] = [];
  readonly #ends: PinnedMemory;
  #count = 0;
  /** Pipes that nobody has needed since the last sweep. */
  #spare = 0;
  #sweeping: Timer | undefined;
  #isRefused = false;

  constructor(loop: Loop) {
    this.#loop = loop;
    this.#ends = pinnedMemory(loop.calls, 8);
  }

  /** Whether splicing works here, as far as is known. */
  get isUsable(): boolean {
    return !this.#isRefused;
  }

  /** An empty pipe, to be given back or discarded; undefined where there is none to be had. */
  take(): Pipe | undefined {
    const pipe = this.#idle.pop();
    this.#spare = Math.min(this.#spare, this.#idle.length);
    return pipe ?? this.#open();
  }

  /** @param pipe an empty one. */
  giveBack(pipe: Pipe): void {
    if (pipe.countBytes > 0 || this.#idle.length >= MOST_IDLE) {
      this.discard(pipe);
      return;
    }
    this.#idle.push(pipe);
    this.#sweeping ??= this.#loop.clock.setTimer(() => this.#sweep(), SWEEP_MS);
  }

  discard(pipe: Pipe): void {
    this.#count--;
    this.#loop.vacate(pipe.readSlot);
    this.#loop.vacate(pipe.writeSlot);
    this.#loop.calls.close(pipe.readEnd);
    this.#loop.calls.close(pipe.writeEnd);
  }

  /** Whether that errno says that this kernel does not splice these sockets. Then it is not tried again. */
  isRefused(errno: number): boolean {
    const isRefused = errno === EINVAL || errno === ENOSYS;
    if (isRefused) this.#isRefused = true;
    return isRefused;
  }

  close(): void {
    this.#sweeping?.cancel();
    for (const pipe of this.#idle.splice(0)) this.discard(pipe);
  }

  #sweep(): void {
    for (const pipe of this.#idle.splice(0, this.#spare)) this.discard(pipe);
    this.#spare = this.#idle.length;
    this.#sweeping = this.#spare === 0 ? undefined : this.#loop.clock.setTimer(() => this.#sweep(), SWEEP_MS);
  }

  #open(): Pipe | undefined {
    const { calls } = this.#loop;
    const { address, bytes } = this.#ends;
    if (this.#count >= MOST || calls.pipe2(address, O_NONBLOCK | O_CLOEXEC) < 0) return undefined;
    this.#count++;
    const pipe = new Pipe(this.#loop, bytes.readInt32LE(0), bytes.readInt32LE(4));
    // A pipe has a place for each page or part of one, and network cards deliver 1,448 bytes in each. Refused where this
    // user has too many pages in pipes already (fs.pipe-user-pages-soft): then it stays at 64 KiB, or 8.
    calls.fcntl(pipe.writeEnd, F_SETPIPE_SZ, PIPE_BYTES);
    return pipe;
  }
}
