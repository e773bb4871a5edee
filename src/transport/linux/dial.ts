import type { SocketAddress } from "../../wire/address.ts";
import { dialFailure } from "../failure.ts";
import type { Dial, DialHandler, SocketOptions } from "../transport.ts";
import { CONNECTION_EVENTS, LinuxConnection } from "./connection.ts";
import { EINPROGRESS, EPOLLERR, EPOLLHUP, EPOLLOUT, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM } from "./constants.ts";
import { codeOf } from "./errno.ts";
import type { LateOptions } from "./late-options.ts";
import type { Closing, Loop, Task, Watched } from "./loop.ts";
import { type PinnedMemory, pinnedMemory } from "./memory.ts";
import { familyOf, SOCKET_ADDRESS_BYTES, writeSocketAddress } from "./socket-address.ts";
import { takeError } from "./socket-options.ts";

const ENAMETOOLONG = "ENAMETOOLONG";
const NONE = -1;

/** An address as the kernel wants it. */
interface Target {
  readonly memory: PinnedMemory;
  readonly length: number;
}

/** A pool's addresses are dialled again and again. */
const targets = new WeakMap<SocketAddress, Target>();

function targetOf(address: SocketAddress, loop: Loop): Target {
  const known = targets.get(address);
  if (known !== undefined) return known;
  const memory = pinnedMemory(loop.calls, SOCKET_ADDRESS_BYTES);
  const target = { memory, length: writeSocketAddress(address, memory.bytes) };
  targets.set(address, target);
  return target;
}

/** One try to reach an address. */
export class LinuxDial implements Dial, Watched, Task, Closing {
  readonly #loop: Loop;
  readonly #address: SocketAddress;
  readonly #options: SocketOptions;
  readonly #handler: DialHandler;
  readonly #lateOptions: LateOptions;
  #descriptor = NONE;
  #slot = NONE;
  #isOver = false;
  /** How it failed before it was under way. */
  #failureCode: string | undefined;

  constructor(
    loop: Loop,
    address: SocketAddress,
    options: SocketOptions,
    handler: DialHandler,
    lateOptions: LateOptions,
  ) {
    this.#loop = loop;
    this.#address = address;
    this.#options = options;
    this.#handler = handler;
    this.#lateOptions = lateOptions;
    this.#failureCode = this.#start();
    // Not at once: no callback runs inside a call.
    if (this.#failureCode !== undefined) loop.soon(this);
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#slot !== NONE) this.#loop.atEnd(this);
  }

  onEvents(mask: number): void {
    if (this.#isOver) return;
    if ((mask & (EPOLLERR | EPOLLHUP)) !== 0) {
      const errno = takeError(this.#descriptor);
      // None: a unix socket that was accepted and closed at once.
      if (errno !== 0) {
        this.#loop.atEnd(this);
        this.#fail(codeOf(errno));
        return;
      }
    }
    if ((mask & EPOLLOUT) !== 0) this.#succeed(mask);
  }

  run(): void {
    if (!this.#isOver) this.#fail(this.#failureCode ?? "");
  }

  closeNow(): void {
    this.#loop.vacate(this.#slot);
    this.#loop.calls.close(this.#descriptor);
  }

  onBug(): void {
    this.cancel();
  }

  /** @returns the code of what went wrong at once. */
  #start(): string | undefined {
    const { calls } = this.#loop;
    const { memory, length } = targetOf(this.#address, this.#loop);
    if (length < 0) return ENAMETOOLONG;
    const descriptor = calls.socket(familyOf(this.#address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return codeOf(calls.errno());
    if (calls.connect(descriptor, memory.address, length) < 0) {
      const errno = calls.errno();
      if (errno !== EINPROGRESS) {
        calls.close(descriptor);
        return codeOf(errno);
      }
    }
    this.#descriptor = descriptor;
    this.#slot = this.#loop.occupy(descriptor);
    this.#loop.watch(this.#slot, descriptor, CONNECTION_EVENTS, this);
    return undefined;
  }

  #succeed(mask: number): void {
    this.#isOver = true;
    const isTcp = this.#address.kind === "ip";
    const connection = new LinuxConnection({
      loop: this.#loop,
      descriptor: this.#descriptor,
      slot: this.#slot,
      remote: this.#address,
      local: undefined,
      options: this.#options,
      isPrompt: !isTcp,
    });
    this.#loop.handOver(this.#slot, connection);
    if (isTcp) this.#lateOptions.add(this.#slot);
    connection.own(this.#handler);
    connection.onEvents(mask);
    this.#handler.onDialled(connection);
  }

  #fail(code: string): void {
    this.#isOver = true;
    this.#handler.onDialFailed(dialFailure(code, this.#address));
  }
}
