// The PROXY protocol, in and out, as a user of the library writes it.

export const proxyVersions = ["v1", "v2"] as const;
export type ProxyVersion = (typeof proxyVersions)[number];

export const acceptProxyPolicies = ["require", "use", "ignore"] as const;
/** `require`: without a header the session ends. `use`: where one comes. `ignore`: taken off, and not believed. */
export type AcceptProxyPolicy = (typeof acceptProxyPolicies)[number];

export interface AcceptProxyOptions {
  /** CIDRs that may send a header. All others are served without one. At least one. */
  readonly from: readonly string[];
  /** Default require. */
  readonly policy?: AcceptProxyPolicy;
  /** Default both. */
  readonly versions?: readonly ProxyVersion[];
  /** Longest wait for the header. Milliseconds, 10 to 600,000, default 5,000. */
  readonly timeoutMs?: number;
}

export interface SendProxyOptions {
  readonly version: ProxyVersion;
  /** What version 2 sends beside the addresses; all of it is off by default. */
  readonly crc32c?: boolean;
  /** The session's id. */
  readonly uniqueId?: boolean;
  /** The host that the client asked for, where it is known. */
  readonly authority?: boolean;
  /** The first ALPN name that the client offered, where it is known. */
  readonly alpn?: boolean;
  /** Text by type, `0xE0` to `0xF7`; at most 1,024 bytes each. */
  readonly custom?: Readonly<Record<string, string>>;
}
