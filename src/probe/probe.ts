// A probe of one address, as the configuration wants it.

import { isIP } from "node:net";
import type { Clock } from "../clock.ts";
import type { ProbeConfig, ProbeTlsConfig } from "../config/config.ts";
import type { ProbeTarget } from "../config/probe-options.ts";
import { type Address, formatAddress, formatHostPort, type SocketAddress } from "../wire/address.ts";
import { type Conversation, converse } from "./connection.ts";
import { askByHttp } from "./http.ts";
import { type Ask, OK } from "./result.ts";
import { follow } from "./script.ts";
import { touch } from "./tcp.ts";
import type { ProbeTls } from "./tls.ts";

/** Whom a probe is about. */
export interface Probed extends Omit<ProbeTarget, "address"> {
  /** As it was configured. */
  readonly configured: Address;
  readonly address: SocketAddress;
}

/** How to ask once. Nothing is opened before. */
export function createProbe(probe: ProbeConfig, probed: Probed, clock: Clock): Ask {
  const { pool, name, configured } = probed;
  const { type, port, sendProxy } = probe;
  if (typeof type === "function") {
    const target: ProbeTarget = { pool, name, address: formatAddress(probed.address) };
    return async ({ signal }) => {
      await type(target, signal);
      return OK;
    };
  }
  const address = port === undefined || probed.address.kind === "unix" ? probed.address : { ...probed.address, port };
  const host = hostOf(configured, address);
  const { conversation, tls } = plan(probe, host, address);
  return (asking) => converse({ address, sendProxy, tls, clock }, asking, conversation);
}

interface Plan {
  readonly conversation: Conversation;
  readonly tls: ProbeTls | undefined;
}

function plan(probe: ProbeConfig, host: string, address: SocketAddress): Plan {
  switch (probe.type) {
    case "tls":
      return { conversation: touch, tls: tlsOf(probe.tls, host) };
    case "http": {
      const name = probe.host ?? withPort(probe.tls?.serverName ?? host, address, probe.tls === undefined ? 80 : 443);
      const tls = probe.tls && { ...tlsOf(probe.tls, host), alpn: ["http/1.1"] };
      return { conversation: askByHttp(probe, name), tls };
    }
    case "script":
      return { conversation: follow(probe.steps), tls: probe.tls && tlsOf(probe.tls, host) };
    case "tcp":
    default:
      return { conversation: touch, tls: undefined };
  }
}

function tlsOf(config: ProbeTlsConfig, host: string): ProbeTls {
  return { config, name: config.serverName ?? host };
}

/** The name or IP that a backend was configured by, in the form in which certificates and requests have it. */
function hostOf(configured: Address, address: SocketAddress): string {
  if (configured.kind === "unix" || address.kind === "unix") return "localhost";
  const host = isIP(configured.host) === 0 ? configured.host : address.ip;
  return host.replace(/%.*$/, "").replace(/\.$/, "");
}

function withPort(host: string, address: SocketAddress, usual: number): string {
  if (address.kind === "unix" || address.port === usual) return host.includes(":") ? `[${host}]` : host;
  return formatHostPort(host, address.port);
}
