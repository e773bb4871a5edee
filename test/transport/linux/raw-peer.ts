// The other end of a connection by system calls: what a test tells it to do happens within the call, so that a test can
// put several events into one turn of the loop.

import assert from "node:assert/strict";
import { createHash, type Hash } from "node:crypto";
import {
  EAGAIN,
  EINPROGRESS,
  MSG_NOSIGNAL,
  SHUT_WR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../../src/transport/linux/constants.ts";
import { codeOf } from "../../../src/transport/linux/errno.ts";
import { type PinnedMemory, pinnedMemory } from "../../../src/transport/linux/memory.ts";
import { familyOf, SOCKET_ADDRESS_BYTES, writeSocketAddress } from "../../../src/transport/linux/socket-address.ts";
import { closeAbruptly, setOption } from "../../../src/transport/linux/socket-options.ts";
import { systemCalls } from "../../../src/transport/linux/system-calls.ts";
import type { SocketAddress } from "../../../src/wire/address.ts";
import { patternedChunks } from "../../support/patterned-bytes.ts";

const MSG_OOB = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const BUFFER_BYTES = 65_536;
const FIRST_KEPT_BYTES = 65_536;

let scratch: PinnedMemory | undefined;

function buffer(): PinnedMemory {
  scratch ??= pinnedMemory(systemCalls(), BUFFER_BYTES);
  return scratch;
}

export class RawPeer {
  readonly descriptor: number;
  byteCount = 0;
  sentCount = 0;
  /** `open` until something else has been read. */
  end: "open" | "finished" | "reset" | "closed" = "open";
  readonly #hash: Hash = createHash("sha256");
  #first: Buffer = Buffer.alloc(0);
  #isClosed = false;
  /** A write has told of the reset: then the last read says the same as after a FIN. */
  #isBroken = false;
  #chunks: Iterator<Buffer> | undefined;
  #waiting: Buffer = Buffer.alloc(0);

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** @param bufferBytes of the kernel, each way; left out for the system's. */
  static connect(address: SocketAddress, bufferBytes?: number): RawPeer {
    const calls = systemCalls();
    const flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const peer = new RawPeer(calls.socket(familyOf(address), flags, 0));
    if (bufferBytes !== undefined) peer.limitBuffers(bufferBytes);
    const { bytes, address: at } = pinnedMemory(calls, SOCKET_ADDRESS_BYTES);
    const result = calls.connect(peer.descriptor, at, writeSocketAddress(address, bytes));
    const errno = result < 0 ? calls.errno() : 0;
    if (errno !== 0 && errno !== EINPROGRESS) {
      peer.close();
      throw new Error(`connect: ${codeOf(errno)}`);
    }
    return peer;
  }

  /** The next client of a listening socket that waits; undefined for none. */
  static accept(listening: number): RawPeer | undefined {
    const descriptor = systemCalls().accept4(listening, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return descriptor < 0 ? undefined : new RawPeer(descriptor);
  }

  /** All that has been received, up to 64 KiB. */
  get text(): string {
    return this.#first.toString("latin1");
  }

  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  limitBuffers(bytes: number): void {
    setOption(this.descriptor, SOL_SOCKET, SO_SNDBUF, bytes);
    setOption(this.descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
  }

  /** @returns how many bytes the kernel took; -1 for a connection that is gone. */
  send(bytes: string | Uint8Array, flags = 0): number {
    const { bytes: memory, address } = buffer();
    const given = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    memory.set(given);
    const took = systemCalls().send(this.descriptor, address, given.length, MSG_NOSIGNAL | flags);
    if (took >= 0) {
      this.sentCount += took;
      return took;
    }
    if (systemCalls().errno() === EAGAIN) return 0;
    this.#isBroken = true;
    return -1;
  }

  /** One urgent byte: out of band, so that it is no part of the stream. */
  sendUrgent(): void {
    assert.equal(this.send("!", MSG_OOB), 1);
    this.sentCount--;
  }

  /** Gives it a stream to send with `pump`. */
  feed(seed: number, byteCount: number): void {
    this.#chunks = patternedChunks(seed, byteCount);
  }

  /** Sends what the kernel takes of the stream, at most so much. @returns whether all of the stream has been sent. */
  pump(mostBytes: number = Number.POSITIVE_INFINITY): boolean {
    for (let left = mostBytes; left > 0; ) {
      if (this.#waiting.length === 0) {
        const next = this.#chunks?.next();
        if (next === undefined || next.done === true) return true;
        this.#waiting = next.value;
      }
      const took = this.send(this.#waiting.subarray(0, Math.min(this.#waiting.length, left)));
      if (took <= 0) return false;
      this.#waiting = this.#waiting.subarray(took);
      left -= took;
    }
    return false;
  }

  /** Takes what there is, at most so much. */
  receive(mostBytes: number = Number.POSITIVE_INFINITY): void {
    const { bytes, address } = buffer();
    for (let left = mostBytes; left > 0 && this.end === "open"; ) {
      const got = systemCalls().recv(this.descriptor, address, Math.min(BUFFER_BYTES, left), 0);
      if (got > 0) {
        this.#hash.update(bytes.subarray(0, got));
        if (this.#first.length < FIRST_KEPT_BYTES) this.#first = Buffer.concat([this.#first, bytes.subarray(0, got)]);
        this.byteCount += got;
        left -= got;
      } else if (got === 0) this.end = this.#isBroken ? "reset" : "finished";
      else if (systemCalls().errno() === EAGAIN) return;
      else this.end = "reset";
    }
  }

  finish(): void {
    systemCalls().shutdown(this.descriptor, SHUT_WR);
  }

  /** RST. */
  reset(): void {
    this.#closeBy(closeAbruptly);
  }

  close(): void {
    this.#closeBy((descriptor) => systemCalls().close(descriptor));
  }

  #closeBy(close: (descriptor: number) => void): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.end === "open") this.end = "closed";
    close(this.descriptor);
  }
}
