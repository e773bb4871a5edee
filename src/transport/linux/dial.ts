import type { SocketAddress } from "../../wire/address.ts";
import { dialFailure } from "../failure.ts";
import type { Dial, DialFailure, DialHandler, SocketOptions } from "../transport.ts";
import { CONNECTION_EVENTS, LinuxConnection } from "./connection.ts";
import { EINPROGRESS, EPOLLERR, EPOLLHUP, EPOLLOUT, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM } from "./constants.ts";
import { codeOf } from "./errno.ts";
import type { LateOptions } from "./late-options.ts";
import type { Closing, Loop, Task, Watched } from "./loop.ts";
import { type PinnedMemory, pinnedMemory } from "./memory.ts";
import { NamedRemote } from "./remote.ts";
import { familyOf, SOCKET_ADDRESS_BYTES, writeSocketAddress } from "./socket-address.ts";
import { awaitFirstBytes, chooseLocalPortLate, takeError } from "./socket-options.ts";

const ENAMETOOLONG = "ENAMETOOLONG";

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

/** A few of them are in use, again and again: those of the configuration. */
const localAddresses = new Map<string, SocketAddress>();
const MOST_LOCAL_ADDRESSES = 1_024;

/** Any port of that IP. */
function localAddress(ip: string): SocketAddress {
  let address = localAddresses.get(ip);
  if (address === undefined) {
    address = { kind: "ip", ip, port: 0 };
    // Reloads may bring others.
    if (localAddresses.size >= MOST_LOCAL_ADDRESSES) localAddresses.clear();
    localAddresses.set(ip, address);
  }
  return address;
}

/** What dials share. */
export interface DialSurroundings {
  readonly loop: Loop;
  readonly lateOptions: LateOptions;
}

/** `asked`: nothing has been done yet. `connecting`: connect(2) is under way. `over`: it has been told, or cancelled. */
type DialState = "asked" | "waited" | "connecting" | "over";

/** One try to reach an address. */
export class LinuxDial implements Dial, Watched, Task, Closing {
  readonly #surroundings: DialSurroundings;
  readonly #loop: Loop;
  readonly #address: SocketAddress;
  readonly #options: SocketOptions;
  readonly #handler: DialHandler;
  readonly #client: LinuxConnection | undefined;
  #state: DialState;
  #descriptor = -1;
  #slot = -1;

  /** Connects a turn later: by then the first events of the client say whether it has sent something. */
  constructor(
    surroundings: DialSurroundings,
    address: SocketAddress,
    options: SocketOptions,
    handler: DialHandler,
    client: LinuxConnection | undefined,
  ) {
    this.#surroundings = surroundings;
    this.#loop = surroundings.loop;
    this.#address = address;
    this.#options = options;
    this.#handler = handler;
    this.#client = client;
    this.#state = client === undefined || client.mayRead || client.hasSpoken ? "waited" : "asked";
    this.#loop.soon(this);
  }

  cancel(): void {
    if (this.#state === "connecting") this.#loop.atEnd(this);
    this.#state = "over";
  }

  run(): void {
    if (this.#state === "waited") this.#start();
    else if (this.#state === "asked") {
      this.#state = "waited";
      this.#loop.soon(this);
    }
  }

  onEvents(mask: number): void {
    if (this.#state !== "connecting") return;
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

  closeNow(): void {
    this.#loop.vacate(this.#slot);
    this.#loop.calls.close(this.#descriptor);
  }

  onBug(): void {
    this.cancel();
  }

  #start(): void {
    const { calls } = this.#loop;
    const isTcp = this.#address.kind === "ip";
    const { memory, length } = targetOf(this.#address, this.#loop);
    if (length < 0) {
      this.#fail(ENAMETOOLONG);
      return;
    }
    const descriptor = calls.socket(familyOf(this.#address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
      this.#fail(codeOf(calls.errno()));
      return;
    }
    if (isTcp && this.#options.localIp !== undefined && !this.#bind(descriptor, this.#options.localIp)) {
      const code = codeOf(calls.errno());
      calls.close(descriptor);
      this.#end({ kind: "local", code });
      return;
    }
    if (isTcp && (this.#client?.mayRead === true || this.#client?.hasSpoken === true)) awaitFirstBytes(descriptor);
    if (calls.connect(descriptor, memory.address, length) < 0) {
      const errno = calls.errno();
      if (errno !== EINPROGRESS) {
        calls.close(descriptor);
        this.#fail(codeOf(errno));
        return;
      }
    }
    this.#state = "connecting";
    this.#descriptor = descriptor;
    this.#slot = this.#loop.occupy(descriptor);
    const errno = this.#loop.watch(this.#slot, descriptor, CONNECTION_EVENTS, this);
    if (errno === 0) return;
    this.#loop.atEnd(this);
    this.#fail(codeOf(errno));
  }

  #bind(descriptor: number, localIp: string): boolean {
    const { calls } = this.#loop;
    const { memory, length } = targetOf(localAddress(localIp), this.#loop);
    chooseLocalPortLate(descriptor);
    return calls.bind(descriptor, memory.address, length) === 0;
  }

  #succeed(mask: number): void {
    this.#state = "over";
    const isTcp = this.#address.kind === "ip";
    const connection = new LinuxConnection({
      loop: this.#loop,
      descriptor: this.#descriptor,
      slot: this.#slot,
      remote: new NamedRemote(this.#address),
      local: undefined,
      options: this.#options,
      isPrompt: !isTcp,
    });
    this.#loop.handOver(this.#slot, connection);
    if (isTcp) this.#surroundings.lateOptions.add(this.#slot);
    connection.own(this.#handler);
    connection.onEvents(mask);
    try {
      this.#handler.onDialled(connection);
    } catch (error) {
      connection.onBug();
      throw error;
    }
  }

  #fail(code: string): void {
    this.#end(dialFailure(code, this.#address));
  }

  #end(failure: DialFailure): void {
    this.#state = "over";
    this.#handler.onDialFailed(failure);
  }
}
