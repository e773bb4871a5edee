// Listening sockets that workers share: one each for TCP, the same one for a unix socket.

import type { SocketAddress } from "../../wire/address.ts";
import type { ListenOptions } from "../transport.ts";

/** Owned by whoever opened them. */
export interface ListeningSockets {
  /** The port that 0 became. */
  readonly address: SocketAddress;
  descriptorOf(worker: number): number;
  /** From now on no new client gets in; those whom the kernel has accepted wait on. Workers should accept for 50 ms more. */
  refuseNew(): void;
  close(): void;
}

/** Rejects with the system's error. */
export async function openListeningSockets(
  _address: SocketAddress,
  _options: ListenOptions,
  _workers: number,
): Promise<ListeningSockets> {
  throw new Error("not yet");
}
