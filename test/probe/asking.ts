import { type Clock, systemClock } from "../../src/clock.ts";
import type { ProbeConfig } from "../../src/config/config.ts";
import type { ProbeOptions } from "../../src/config/probe-options.ts";
import { resolve } from "../../src/config/resolve.ts";
import { createProbe } from "../../src/probe/probe.ts";
import type { Asking, ProbeResult } from "../../src/probe/result.ts";
import type { Address, SocketAddress } from "../../src/wire/address.ts";
import { AUTHORITY } from "../support/certificates.ts";

/** A probe as a user would write it. The file "ca.pem" holds the test authority. */
export function probeConfig(options: ProbeOptions): ProbeConfig {
  const pools = { web: { backends: [], probe: options } };
  const config = resolve({ listeners: { web: { listen: "80" } }, pools }, () => AUTHORITY.cert);
  const probe = config.pools[0]?.probe;
  if (probe === undefined) throw new Error("there is one");
  return probe;
}

export interface AskedOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly waitFor?: Asking["waitFor"];
  /** Default: the IP address that it has. */
  readonly configured?: Address;
}

/** Asks an address once. */
export function ask(options: ProbeOptions, address: SocketAddress, more: AskedOptions = {}): Promise<ProbeResult> {
  const { clock = systemClock, signal = new AbortController().signal, waitFor = () => {}, configured } = more;
  const known: Address = address.kind === "ip" ? { kind: "tcp", host: address.ip, port: address.port } : address;
  const probed = { pool: "web", name: "a", configured: configured ?? known, address };
  return createProbe(probeConfig(options), probed, clock)({ signal, waitFor });
}
