/** What a TLS client says first. With ECH these are the outer ones. */
export interface ClientHello {
  /** The server name: lower case, without trailing dot. */
  readonly sni: string | undefined;
  /** In the client's order of preference, GREASE left out. */
  readonly alpn: readonly string[];
  /** The newest version it offers, `1.3`; GREASE left out. */
  readonly version: "1.0" | "1.1" | "1.2" | "1.3";
}
