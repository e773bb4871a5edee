import type { DialFailure, DialFailureKind } from "../../src/transport/transport.ts";
import type { SocketAddress } from "../../src/wire/address.ts";
import type { MemoryDial } from "./memory-dial.ts";
import type { MemoryPeer } from "./memory-peer.ts";

/** What becomes of a dial. `wait`: nothing, until a test answers it. */
export type DialAnswer = "accept" | "wait" | DialFailure;

const CODES: Readonly<Record<DialFailureKind, string>> = {
  refused: "ECONNREFUSED",
  reset: "ECONNRESET",
  unreachable: "EHOSTUNREACH",
  timeout: "ETIMEDOUT",
  local: "EADDRNOTAVAIL",
};

/** A failure with the code that the system usually gives for it. */
export function failure(kind: DialFailureKind, code: string = CODES[kind]): DialFailure {
  return { kind, code };
}

/** A backend by script: what answers when the transport in memory dials its address. */
export class MemoryServer {
  readonly address: SocketAddress;
  /** What the next dials get, before `otherwise`. */
  readonly script: DialAnswer[] = [];
  /** What a dial gets when the script is over. */
  otherwise: DialAnswer = "accept";
  /** What was accepted, in order. */
  readonly peers: MemoryPeer[] = [];
  /** Dials that wait for `accept` or `fail`, the oldest first. */
  readonly waiting: MemoryDial[] = [];
  dialCount = 0;
  cancelCount = 0;
  /** Called with each peer before the transport learns of it. */
  onAccept: (peer: MemoryPeer) => void = () => {};

  constructor(address: SocketAddress) {
    this.address = address;
  }

  /** The last accepted peer. */
  get peer(): MemoryPeer {
    const last = this.peers.at(-1);
    if (last === undefined) throw new Error("nobody has been accepted yet");
    return last;
  }

  nextAnswer(): DialAnswer {
    return this.script.shift() ?? this.otherwise;
  }

  /** Accepts the dial that has waited longest. */
  accept(): void {
    this.#answerOldest("accept");
  }

  /** Lets the dial that has waited longest fail. */
  fail(failed: DialFailure): void {
    this.#answerOldest(failed);
  }

  #answerOldest(answer: DialAnswer): void {
    const oldest = this.waiting.shift();
    if (oldest === undefined) throw new Error("no dial waits");
    oldest.answer(answer);
  }
}
