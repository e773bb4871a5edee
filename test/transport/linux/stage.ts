// A linux transport whose turns a test takes itself, and other ends that do what it says when it says it. Everything
// happens in one thread and without Node's own loop, so that a test decides what comes in one batch of events.

import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { systemClock } from "../../../src/clock.ts";
import { LinuxConnection } from "../../../src/transport/linux/connection.ts";
import { type ListeningSockets, openTcpSockets } from "../../../src/transport/linux/listening-sockets.ts";
import { whyNotLinux } from "../../../src/transport/linux/self-test.ts";
import { createLinuxTransport, type LinuxTransport } from "../../../src/transport/linux/transport.ts";
import type { Connection, Gate, Relay, TransportListener } from "../../../src/transport/transport.ts";
import type { SocketAddress } from "../../../src/wire/address.ts";
import { createFakeClock, type FakeClock } from "../../support/fake-clock.ts";
import { openDescriptors, withoutLeaks } from "../../support/leaks.ts";
import { Acceptor, Callbacks, Dialler, type Owner, RelayObserver } from "../callbacks.ts";
import { RawPeer } from "./raw-peer.ts";

const PATIENCE_MS = 20_000;
const LOOPBACK = { kind: "ip", ip: "127.0.0.1", port: 0 } as const;
const OPTIONS = { backlog: 128, keepaliveMs: 15_000 };
// A few turns more than any answer takes over loopback.
const TURNS_TO_SETTLE = 12;

/** A connection of the transport and its other end. */
export interface Link {
  readonly peer: RawPeer;
  readonly connection: LinuxConnection;
  readonly owner: Owner;
}

export interface Pair {
  readonly client: RawPeer;
  readonly backend: RawPeer;
  readonly relay: Relay;
  readonly observer: RelayObserver;
}

export interface LinkOptions {
  /** Of the kernel, in all four directions; left out for the system's. */
  readonly bufferBytes?: number;
  /** Where to listen; left out for a TCP socket of its own. */
  readonly sockets?: ListeningSockets;
}

export class Stage {
  readonly clock: FakeClock = createFakeClock();
  readonly callbacks: Callbacks = new Callbacks();
  /** What the loop has caught; a test that makes some takes them out. */
  readonly bugs: unknown[] = [];
  readonly transport: LinuxTransport = createLinuxTransport({
    clock: this.clock,
    onBug: (error) => this.bugs.push(error),
  });
  readonly #sockets: ListeningSockets[] = [];
  readonly #listeners: TransportListener[] = [];
  readonly #peers: RawPeer[] = [];
  readonly #links: { readonly connection: Connection; readonly owner: Owner }[] = [];
  readonly #acceptors: Acceptor[] = [];
  readonly #relays: { readonly relay: Relay; readonly observer: RelayObserver }[] = [];

  /** A listening socket that this test owns. */
  sockets(address: Extract<SocketAddress, { kind: "ip" }> = LOOPBACK, workers = 1, backlog = 128): ListeningSockets {
    const sockets = openTcpSockets(address, { ...OPTIONS, backlog }, workers);
    this.#sockets.push(sockets);
    return sockets;
  }

  listen(sockets: ListeningSockets = this.sockets(), worker = 0, isInherited = false): Listening {
    const acceptor = new Acceptor(this.callbacks);
    const { address } = sockets;
    const listener = this.transport.accept(sockets.descriptorOf(worker), address, OPTIONS, acceptor, isInherited);
    this.#listeners.push(listener);
    this.#acceptors.push(acceptor);
    return { sockets, listener, acceptor, address };
  }

  connect(address: SocketAddress, { bufferBytes }: LinkOptions = {}): RawPeer {
    return this.track(RawPeer.connect(address, bufferBytes));
  }

  /** To be closed at the end. */
  track(peer: RawPeer): RawPeer {
    this.#peers.push(peer);
    return peer;
  }

  /** A client of the transport. */
  accept(options: LinkOptions = {}): Link {
    const { address, acceptor, listener } = this.listen(options.sockets);
    const peer = this.connect(address, options);
    this.until(() => acceptor.accepted.length > 0, "a client to be accepted");
    // The next listens there, too.
    this.callbacks.during(() => listener.close());
    const [{ connection, owner } = unreachable()] = acceptor.accepted;
    return { peer, connection: limited(connection, options), owner };
  }

  /** A server that the transport has dialled. */
  reach(options: LinkOptions = {}): Link {
    const sockets = options.sockets ?? this.sockets();
    const dialler = new Dialler(this.callbacks);
    dialler.onConnection = (connection) => this.#links.push({ connection, owner: dialler });
    this.callbacks.during(() => this.transport.dial(sockets.address, OPTIONS, dialler));
    this.until(() => dialler.connection !== undefined, "a dial to be taken");
    const peer = this.track(RawPeer.accept(sockets.descriptorOf(0)) ?? unreachable());
    if (options.bufferBytes !== undefined) peer.limitBuffers(options.bufferBytes);
    return { peer, connection: limited(dialler.connection ?? unreachable(), options), owner: dialler };
  }

  /** A connection that the test has dialled itself: to be reset at the end. */
  adopt(connection: Connection, owner: Owner): void {
    this.#links.push({ connection, owner });
  }

  relay(client: Link, backend: Link, gate?: Gate): Pair {
    const observer = new RelayObserver(this.callbacks);
    client.owner.isReleased = true;
    backend.owner.isReleased = true;
    const relay = this.callbacks.during(() =>
      this.transport.relay(client.connection, backend.connection, observer, gate),
    );
    this.#relays.push({ relay, observer });
    return { client: client.peer, backend: backend.peer, relay, observer };
  }

  pair(options: LinkOptions = {}): Pair {
    return this.relay(this.accept(options), this.reach(options));
  }

  settle(): void {
    for (let turn = 0; turn < TURNS_TO_SETTLE; turn++) this.transport.turn(0);
  }

  /** Sends what the stream of `from` has until the relay takes no more of it. */
  pumpTillStuck(from: RawPeer): void {
    for (let still = 0; still < 3; still++) {
      const before = from.sentCount;
      from.pump();
      this.settle();
      if (from.sentCount !== before) still = 0;
    }
  }

  /** Takes turns until it is true. */
  until(isTrue: () => boolean, what: string): void {
    const deadlineMs = systemClock.nowMs() + PATIENCE_MS;
    while (!isTrue()) {
      assert.ok(systemClock.nowMs() < deadlineMs, `waited for ${what}`);
      this.transport.turn(1);
    }
  }

  /** Takes turns, and reads, until the peer sees the end of what comes. */
  untilEnd(peer: RawPeer): RawPeer {
    this.until(() => {
      peer.receive();
      return peer.end !== "open";
    }, "an end");
    return peer;
  }

  untilOver({ observer }: Pair): void {
    this.until(() => observer.isEnded, "a relay to end");
  }

  close(): void {
    for (const listener of this.#listeners) this.callbacks.during(() => listener.close());
    for (const { relay, observer } of this.#relays) if (!observer.isEnded) this.callbacks.during(() => relay.abort());
    this.settle();
    const links = [...this.#links, ...this.#acceptors.flatMap(({ accepted }) => accepted)];
    for (const { connection, owner } of links) {
      if (!owner.isReleased && owner.closing === undefined) this.callbacks.during(() => connection.reset());
    }
    const isOver = (): boolean =>
      this.#relays.every(({ observer }) => observer.isEnded) &&
      links.every(({ owner }) => owner.isReleased || owner.closing !== undefined);
    this.until(isOver, "what is open to be reported closed");
    this.settle();
    this.transport.close();
    for (const peer of this.#peers) peer.reset();
    for (const sockets of this.#sockets) sockets.close();
  }
}

export interface Listening {
  readonly sockets: ListeningSockets;
  readonly listener: TransportListener;
  readonly acceptor: Acceptor;
  readonly address: SocketAddress;
}

const whyNot: string | undefined = whyNotLinux();

/** A test that needs the linux transport. It is skipped where that can't work. */
export function linuxIt(title: string, body: (context: TestContext) => void | Promise<void>): void {
  it(title, whyNot === undefined ? {} : { skip: whyNot }, withoutLeaks(body));
}

/** The same on a stage, which is cleared at the end: nothing may be left, and the loop must not have caught a thing. */
export function stageIt(title: string, body: (stage: Stage, context: TestContext) => void | Promise<void>): void {
  linuxIt(title, async (context) => {
    const before = openDescriptors();
    const stage = new Stage();
    try {
      await body(stage, context);
    } finally {
      stage.close();
    }
    assert.deepEqual(stage.bugs, []);
    stage.callbacks.check();
    // No timer either; and pipes, which the leak check of every test does not see.
    assert.deepEqual([stage.clock.pendingTimers, openDescriptors()], [0, before]);
  });
}

function limited(connection: Connection, { bufferBytes }: LinkOptions): LinuxConnection {
  assert.ok(connection instanceof LinuxConnection);
  if (bufferBytes !== undefined) new RawPeer(connection.descriptor).limitBuffers(bufferBytes);
  return connection;
}

export function unreachable(): never {
  throw new Error("unreachable: it has been waited for");
}
