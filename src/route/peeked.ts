// What is known about a client when its route is decided. Plain data.

import type { ClientHello } from "../wire/client-hello.ts";
import type { Http1Head } from "../wire/http1-head.ts";
import type { ProxyHeader } from "../wire/proxy-header.ts";

/**
 * `http`: the head of an HTTP/1 request; `h2`: the HTTP/2 preface; `tls`: a ClientHello; `other`: bytes that are none of
 * these, or did not become one in time; `silent`: no byte came in time.
 */
export const protocols = ["http", "h2", "tls", "other", "silent"] as const;
export type Protocol = (typeof protocols)[number];

/** The same object, with a longer prefix, is never shown twice. A user's route function may keep nothing of it. */
export interface Peeked {
  readonly protocol: Protocol;
  /** The IP that counts as the client's: that of a trusted PROXY header, else the socket's. Empty for a unix socket. */
  readonly clientIp: string;
  /** Where the protocol is http. */
  readonly http: Http1Head | undefined;
  /** Where the protocol is tls. */
  readonly tls: ClientHello | undefined;
  /** Where a trusted proxy has sent one, and it is used. */
  readonly proxy: ProxyHeader | undefined;
}
