// What a session knows about its client beyond its socket: who a PROXY header says that it is, and what it speaks.

import type { Peeked, Protocol } from "../route/peeked.ts";
import type { Connection } from "../transport/transport.ts";
import { formatAddress, type SocketAddress } from "../wire/address.ts";
import type { ProxyHeader } from "../wire/proxy-header.ts";
import type { Sight } from "./peeking.ts";
import type { Request } from "./request.ts";

/** Who somebody is, as far as the network says. */
type Named = Pick<Connection, "remoteAddress" | "remoteIp">;

/** What a record says of what a client spoke. */
export interface Seen {
  readonly protocol: Protocol;
  readonly host: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly sni: string | null;
  readonly alpn: string | null;
}

export class Visitor {
  /** Of a trusted proxy, where it is believed. */
  proxy: ProxyHeader | undefined;
  /** What was seen; undefined before, and where nobody looks. */
  sight: Sight | undefined;
  /** What two servers may read differently in its request. */
  flaw: string | undefined;
  /** Where its request is to be the only one: how a backend is asked instead. */
  request: Request | undefined;
  /** Of an answer of lb-tcp's own. */
  status: number | undefined;
  /** How long somebody has peeked; NaN before that is over. Milliseconds. */
  peekMs: number = Number.NaN;
  readonly #socket: Named;
  #seen: Seen | undefined;

  constructor(socket: Named) {
    this.#socket = socket;
  }

  /** Whom the session counts for, `ip:port`. */
  get address(): string {
    const { source } = this;
    return source === undefined ? this.#socket.remoteAddress : formatAddress(source);
  }

  get ip(): string {
    const { source } = this;
    if (source === undefined) return this.#socket.remoteIp;
    return source.kind === "ip" ? source.ip : "";
  }

  /** The socket's own address, where a PROXY header names another one. */
  get peer(): string | null {
    return this.source === undefined ? null : this.#socket.remoteAddress;
  }

  /** What a PROXY header says. */
  get source(): SocketAddress | undefined {
    return this.proxy?.source;
  }

  get protocol(): Protocol | undefined {
    return this.sight?.protocol ?? this.#seen?.protocol;
  }

  /** For the record. */
  get seen(): Seen | undefined {
    return this.#seen ?? (this.sight && seenOf(this.sight));
  }

  /** Forgets all but `seen`: the session may be long, and a head is large. */
  settle(): void {
    this.#seen = this.seen;
    this.sight = undefined;
    this.request = undefined;
  }

  /** What routes are shown. */
  shownAs(protocol: Protocol): Peeked {
    const { sight, proxy } = this;
    return { protocol, clientIp: this.ip, http: sight?.http, tls: sight?.tls, proxy };
  }
}

function seenOf({ protocol, http, tls }: Sight): Seen {
  return {
    protocol,
    host: ownText(http?.host),
    method: http?.method ?? null,
    path: ownText(http?.path),
    sni: ownText(tls?.sni),
    alpn: ownText(tls?.alpn.join(",")),
  };
}

/** A part of a string that is shorter is always a copy (V8's SlicedString::kMinLength). */
const SHORTEST_SLICE = 13;

/** A longer part of a string keeps all of it alive, unless it is copied. */
function ownText(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  return text.length < SHORTEST_SLICE ? text : Buffer.from(text).toString();
}
