// Whom a listener lets in: by address, and by what the client has open already. Compiled from a snapshot once, because an
// access list may be long.

import { type CidrSet, cidrSet } from "../wire/cidr-set.ts";
import { OVER_LIMIT, RATE_LIMITED } from "./client-places.ts";
import { ClientTable, type ClientTableSnapshot, UNCOUNTED } from "./client-table.ts";
import type { EndReason } from "./end.ts";

/** CIDRs as text: plain data. */
export interface AccessSnapshot {
  /** Undefined: everybody. Empty: nobody. */
  readonly allow: readonly string[] | undefined;
  /** Wins over `allow`. */
  readonly deny: readonly string[];
}

/** What a listener asks of clients. */
export interface EntranceRules {
  readonly access: AccessSnapshot | undefined;
  readonly perClient: ClientTableSnapshot | undefined;
}

/** Why a client is not let in. */
export type Refusal = Extract<EndReason, "denied" | "over-limit" | "rate-limited">;

export class Entrance {
  readonly #rules: EntranceRules;
  readonly #allow: CidrSet | undefined;
  readonly #deny: CidrSet | undefined;
  readonly #clients: ClientTable | undefined;

  /**
   * @param worker who counts.
   * @param before of an older snapshot: what has not changed is taken from it.
   */
  constructor(rules: EntranceRules, worker: number, before?: Entrance) {
    const { access, perClient } = rules;
    this.#rules = rules;
    const { allow, deny = [] } = access ?? {};
    this.#allow = before?.allowSetOf(allow) ?? (allow === undefined ? undefined : cidrSet(allow));
    this.#deny = before?.denySetOf(deny) ?? (deny.length === 0 ? undefined : cidrSet(deny));
    this.#clients = perClient === undefined ? undefined : new ClientTable(perClient, worker);
  }

  /** Whether it lets everybody in and counts nobody. */
  get isOpen(): boolean {
    return this.#deny === undefined && this.#allow === undefined && this.#clients === undefined;
  }

  /**
   * Lets a client in, and counts it.
   * @param ip that counts: the one of a trusted PROXY header, where there is one; empty where the client has none.
   * @returns why not; or where it is counted, which is owed a `leave`.
   */
  admit(ip: string, nowMs: number): Refusal | number {
    // Lists are of addresses: whoever may open a unix socket is for the file system to say.
    if (ip !== "" && (this.#deny?.has(ip) === true || this.#allow?.has(ip) === false)) return "denied";
    const place = this.#clients?.enter(ip, nowMs) ?? UNCOUNTED;
    if (place === OVER_LIMIT) return "over-limit";
    return place === RATE_LIMITED ? "rate-limited" : place;
  }

  /** Whether the last client was counted with its neighbours, because the table is full. */
  get wasCoarse(): boolean {
    return this.#clients?.wasCoarse ?? false;
  }

  /** Of the table that clients are counted in; -1 where they are not. */
  get tableId(): number {
    return this.#clients?.id ?? -1;
  }

  /** The set of a list, where this one has it already. */
  allowSetOf(allow: readonly string[] | undefined): CidrSet | undefined {
    return isSameList(allow, this.#rules.access?.allow) ? this.#allow : undefined;
  }

  denySetOf(deny: readonly string[]): CidrSet | undefined {
    return isSameList(deny, this.#rules.access?.deny) ? this.#deny : undefined;
  }

  /** @param place that `admit` has given; a negative one is nothing. */
  leave(place: number): void {
    this.#clients?.leave(place);
  }
}

function isSameList(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
