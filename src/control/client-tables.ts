// The tables in which listeners count their clients: one for each listener that limits them, over all its snapshots.

import type { Random } from "../clock.ts";
import type { ClientLimits } from "../session/client-places.ts";
import { ClientTable, type ClientTableSnapshot, createClientMemory } from "../session/client-table.ts";

/** What a listener wants of its table. */
export interface ClientTableRule extends ClientLimits {
  /** Bits of an IPv6 address that make a client. */
  readonly ipv6Prefix: number;
  /** Clients that can be told apart. */
  readonly tableSize: number;
}

interface Known {
  readonly table: ClientTable;
  readonly ipv6Prefix: number;
  readonly tableSize: number;
}

export class ClientTables {
  readonly #random: Random;
  readonly #byListener = new Map<string, Known>();
  #lastId = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * The table of a listener: with what it counts already, unless it has another size or other keys now. Then those that
   * live are counted no more.
   */
  take(listener: string, rule: ClientTableRule | undefined): ClientTableSnapshot | undefined {
    if (rule === undefined) {
      this.forget(listener);
      return undefined;
    }
    const { maxConnections, ratePerSecond, burst, ipv6Prefix, tableSize } = rule;
    const before = this.#byListener.get(listener);
    const isSame = before?.tableSize === tableSize && before.ipv6Prefix === ipv6Prefix;
    const { id, memory } = isSame ? before.table : this.#create(tableSize);
    const snapshot = { id, memory, maxConnections, ratePerSecond, burst, ipv6Prefix };
    if (!isSame) this.#byListener.set(listener, { table: new ClientTable(snapshot, undefined), ipv6Prefix, tableSize });
    return snapshot;
  }

  /** Nobody is counted there any more. */
  forget(listener: string): void {
    this.#byListener.delete(listener);
  }

  /** A worker has gone: what it held is released. `leave` follows for each of its sessions. */
  settle(worker: number): void {
    for (const { table } of this.#byListener.values()) table.breakLocks(worker);
  }

  /** Takes a session out that nobody else will. Whatever is in no table in use does not matter. */
  leave(tableId: number, place: number): void {
    for (const { table } of this.#byListener.values()) if (table.id === tableId) table.leave(place);
  }

  #create(tableSize: number): { readonly id: number; readonly memory: SharedArrayBuffer } {
    this.#lastId++;
    return { id: this.#lastId, memory: createClientMemory(tableSize, Math.floor(this.#random() * 2 ** 32)) };
  }
}
