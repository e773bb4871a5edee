// What a transport calls back in one test: recorded, waited for, and held to the rules that hold for every callback.

import assert from "node:assert/strict";
import type {
  CloseCause,
  Connection,
  ConnectionHandler,
  DialFailure,
  DialHandler,
  ListenerHandler,
  Relay,
  RelayHandler,
} from "../../src/transport/transport.ts";
import { withDeadline } from "../support/deadline.ts";

export interface Prefix {
  readonly bytes: Buffer;
  readonly ended: boolean;
}

export interface Closing {
  readonly cause: CloseCause;
  readonly code: string | null;
}

/** The rules: nothing is called back within a call, and nothing after the report that ends it. */
export class Callbacks {
  readonly #violations: string[] = [];
  readonly #waiters = new Set<() => void>();
  #calls = 0;

  /** Makes a call to the transport. */
  during<T>(call: () => T): T {
    this.#calls++;
    try {
      return call();
    } finally {
      this.#calls--;
    }
  }

  /** To be told of every callback, before what it brings is recorded. */
  came(name: string, isOver: boolean): void {
    if (this.#calls > 0) this.#violations.push(`${name} came within a call`);
    if (isOver) this.#violations.push(`${name} came after the end`);
    // The waiters look at what is recorded by then.
    queueMicrotask(() => {
      for (const waiter of this.#waiters) waiter();
    });
  }

  /** Waits for callbacks until the value is there. */
  async until<T>(value: () => T | undefined, what: string): Promise<T> {
    let waiter = (): void => {};
    const there = new Promise<T>((resolve) => {
      waiter = () => {
        const found = value();
        if (found !== undefined) resolve(found);
      };
      this.#waiters.add(waiter);
      waiter();
    });
    try {
      return await withDeadline(there, () => what);
    } finally {
      this.#waiters.delete(waiter);
    }
  }

  check(): void {
    assert.deepEqual(this.#violations, []);
  }
}

/** Owns one connection. */
export class Owner implements ConnectionHandler {
  readonly callbacks: Callbacks;
  readonly prefixes: Prefix[] = [];
  closing: Closing | undefined;
  /** It has been handed to a relay, or its dial was cancelled: nothing may come here any more. */
  isReleased = false;
  #given = 0;

  constructor(callbacks: Callbacks) {
    this.callbacks = callbacks;
  }

  onPrefix(prefix: Uint8Array, ended: boolean): void {
    this.came("onPrefix");
    // It is valid during the call only.
    this.prefixes.push({ bytes: Buffer.from(prefix), ended });
  }

  onConnectionClosed(_connection: Connection, cause: CloseCause, code: string | null): void {
    this.came("onConnectionClosed");
    this.closing = { cause, code };
  }

  /** The next prefix that no earlier call has given out. */
  async nextPrefix(): Promise<Prefix> {
    const index = this.#given;
    this.#given++;
    return this.callbacks.until(() => this.prefixes[index], `prefix ${index + 1}`);
  }

  closed(): Promise<Closing> {
    return this.callbacks.until(() => this.closing, "a connection to be reported closed");
  }

  protected came(name: string): void {
    this.callbacks.came(name, this.isReleased || this.closing !== undefined);
  }
}

/** Waits for one dial, and owns what it brings. */
export class Dialler extends Owner implements DialHandler {
  connection: Connection | undefined;
  failure: DialFailure | undefined;
  /** What is done within `onDialled`. */
  onConnection: (connection: Connection) => void = () => {};
  /** What is done within `onDialFailed`. */
  onFailure: () => void = () => {};

  onDialled(connection: Connection): void {
    this.came("onDialled");
    if (this.connection !== undefined) this.callbacks.came("a second onDialled", true);
    this.connection = connection;
    this.onConnection(connection);
  }

  onDialFailed(failure: DialFailure): void {
    this.came("onDialFailed");
    this.failure = failure;
    this.isReleased = true;
    this.onFailure();
  }

  dialled(): Promise<Connection> {
    return this.callbacks.until(() => this.connection, "a dial to be taken");
  }

  failed(): Promise<DialFailure> {
    return this.callbacks.until(() => this.failure, "a dial to fail");
  }
}

/** Accepts: an Owner for each client, within the callback as the contract demands. */
export class Acceptor implements ListenerHandler {
  readonly accepted: { readonly connection: Connection; readonly owner: Owner }[] = [];
  readonly failures: string[] = [];
  /** What `isFull` says. */
  full = false;
  readonly #callbacks: Callbacks;
  #given = 0;

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  isFull(): boolean {
    return this.full;
  }

  onConnection(connection: Connection): void {
    this.#callbacks.came("onConnection", false);
    const owner = new Owner(this.#callbacks);
    this.#callbacks.during(() => connection.own(owner));
    this.accepted.push({ connection, owner });
  }

  onAcceptFailed(code: string): void {
    this.#callbacks.came("onAcceptFailed", false);
    this.failures.push(code);
  }

  /** The next client that no earlier call has given out. */
  async next(): Promise<{ readonly connection: Connection; readonly owner: Owner }> {
    const index = this.#given;
    this.#given++;
    return this.#callbacks.until(() => this.accepted[index], `client ${index + 1} to be accepted`);
  }
}

/** Follows one relay. */
export class RelayObserver implements RelayHandler {
  halfClosed = 0;
  isEnded = false;
  /** What is done within `onHalfClosed`. */
  whenHalfClosed: (relay: Relay) => void = () => {};
  readonly #callbacks: Callbacks;

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  onHalfClosed(relay: Relay): void {
    this.#callbacks.came("onHalfClosed", this.isEnded);
    this.halfClosed++;
    this.whenHalfClosed(relay);
  }

  onRelayEnded(): void {
    this.#callbacks.came("onRelayEnded", this.isEnded);
    this.isEnded = true;
  }

  async ended(): Promise<void> {
    await this.#callbacks.until(() => this.isEnded || undefined, "a relay to end");
  }
}
