// What a listener reads of its clients before it picks a pool, as a user of the library writes it.

export const peekWords = ["none", "http", "tls", "auto"] as const;
export type PeekWord = (typeof peekWords)[number];

export interface PeekOptions {
  /** What clients are expected to speak: `"http"` (HTTP/1 and HTTP/2), `"tls"`, or `"auto"` for either and anything else. */
  readonly as: Exclude<PeekWord, "none">;
  /** For the whole phase; then the listener's pool. Milliseconds, 10 to 600,000, default 3,000. */
  readonly timeoutMs?: number;
  /** Most bytes to look at; then the listener's pool, or 431. Bytes, 256 to 65,536, default 16,384. */
  readonly byteCount?: number;
  /** Whether requests that two servers may read differently are answered 400. Default true. */
  readonly strict?: boolean;
}

export const httpKeepAlives = ["close", "sticky"] as const;
/** `close`: a connection carries one request. `sticky`: it stays where its first request went, bytes untouched. */
export type HttpKeepAlive = (typeof httpKeepAlives)[number];

export const forwardedHeaders = ["x-forwarded", "forwarded", "off"] as const;
/** `X-Forwarded-For`, `-Proto` and `-Host`; `Forwarded` (RFC 7239); none. */
export type ForwardedHeaders = (typeof forwardedHeaders)[number];

export interface ForwardedOptions {
  /** Which headers tell a backend about the client. Default x-forwarded. */
  readonly headers?: ForwardedHeaders;
  /** CIDRs whose own such headers are kept and appended to; everybody else's are replaced. Default none. */
  readonly trust?: readonly string[];
}
