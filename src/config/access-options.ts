// Who may connect and how much, as a user of the library writes it.

/** Deny wins. CIDRs and addresses; files hold one a line, and `#` starts a comment. */
export interface AccessOptions {
  /** Who may connect; everybody where neither this nor allowFile is given. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly allowFile?: string;
  readonly denyFile?: string;
}

/** For each client address, or IPv6 prefix. */
export interface PerClientOptions {
  /** Sessions at once. 1 to 1,000,000,000; off by default. */
  readonly maxConnections?: number | "off";
  /** New sessions a second, fractions included. 0.001 to 1,000,000; off by default. */
  readonly ratePerSecond?: number | "off";
  /** New sessions at once on top of that, after a quiet time. 1 to 1,000,000; by default one second's worth. */
  readonly burst?: number;
  /** Bits of an IPv6 address that count as one client. 32 to 128, default 64. */
  readonly ipv6Prefix?: number;
  /** Clients that are counted one by one; more are counted by /24 and /48. 1,024 to 10,000,000, default 100,000. */
  readonly tableSize?: number;
}
