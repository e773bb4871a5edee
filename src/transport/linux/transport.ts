import type { Clock } from "../../clock.ts";
import type { SocketAddress } from "../../wire/address.ts";
import type { ListenerHandler, SocketOptions, Transport, TransportListener } from "../transport.ts";
import type { DescriptorTable } from "./descriptor-table.ts";

/** The transport over raw system calls. It does nothing but in `turn`. */
export interface LinuxTransport extends Transport {
  readonly kind: "linux";
  /**
   * Accepts from a listening socket that belongs to somebody else, who closes it after this listener is closed. `close`
   * accepts what is complete in the queue, then leaves the socket alone.
   */
  accept(
    descriptor: number,
    address: SocketAddress,
    options: SocketOptions,
    handler: ListenerHandler,
  ): TransportListener;
  /** Calls back in a turn after the bell has rung. The bell stays its owner's. */
  watchBell(bell: number, onRing: () => void): void;
  /** Waits for events for at most so long, and handles them. Callbacks run in here only. */
  turn(maxWaitMs: number): void;
  /** Frees what the loop itself has open. Connections and listeners are to be closed before. */
  close(): void;
}

export interface LinuxTransportOptions {
  readonly clock: Clock;
  /** Called when a turn has waited, before it handles anything: the time to look at a clock. */
  readonly onAwake?: () => void;
  /** Where its descriptors stand, for whoever survives this thread. */
  readonly descriptors?: DescriptorTable;
}

export function createLinuxTransport(_options: LinuxTransportOptions): LinuxTransport {
  throw new Error("not yet");
}
