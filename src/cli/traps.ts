// What is valid and yet goes wrong later. Pure: what was found out about the world is a parameter.

import type { Config, ListenerConfig, PoolConfig } from "../config/config.ts";
import { grouped } from "../config/count.ts";
import { formatDuration } from "../config/duration.ts";
import type { ProcessOptions } from "../config/process-options.ts";
import type { Capacity } from "../control/capacity.ts";
import type { Address } from "../wire/address.ts";

/** What is known of the surroundings. */
export interface World {
  readonly capacity: Capacity;
  readonly isKubernetes: boolean;
  /** As `pool/name`: backends that spoke before they were spoken to. */
  readonly greeting: ReadonlySet<string>;
}

/** terminationGracePeriodSeconds, where nobody says otherwise. */
const KUBERNETES_GRACE_MS = 30_000;

/** Servers that speak first, by their ports. */
const GREETERS: ReadonlyMap<number, string> = new Map([
  [21, "FTP"],
  [22, "SSH"],
  [25, "SMTP"],
  [110, "POP3"],
  [143, "IMAP"],
  [587, "SMTP"],
  [3306, "MySQL"],
]);

/** Servers that log a connection that says nothing, and why. */
const PROBED_BADLY: ReadonlyMap<number, string> = new Map([
  [22, "SSH logs each as a client that did not identify itself"],
  [25, "SMTP logs each as a lost connection"],
  [443, "a TLS server logs each as a failed handshake"],
  [587, "SMTP logs each as a lost connection"],
  [3306, "MySQL counts each as a handshake that failed, and blocks this host after max_connect_errors (100) of them"],
  [5432, "PostgreSQL logs each as an incomplete startup packet where log_connections is on"],
  [8443, "a TLS server logs each as a failed handshake"],
]);

const RARELY = "lengthen probe.interval or set probe: off";
/** What to ask them instead. */
const PROBED_WELL: ReadonlyMap<number, string> = new Map([
  [443, "set probe: tls, or lengthen probe.interval"],
  [8443, "set probe: tls, or lengthen probe.interval"],
]);

/** A line each. */
export function traps(config: Config, process: ProcessOptions, world: World): readonly string[] {
  return [
    ...drainTrap(process, world),
    ...descriptorTraps(config, world),
    ...config.listeners.flatMap((listener) => listenerTraps(listener, config, world)),
    ...config.pools.flatMap((pool) => poolTraps(pool, world)),
  ];
}

function drainTrap({ shutdownDelayMs, drainTimeoutMs }: ProcessOptions, { isKubernetes }: World): readonly string[] {
  const whole = shutdownDelayMs + drainTimeoutMs;
  if (whole < KUBERNETES_GRACE_MS) return [];
  const took = `shutdown-delay and drain-timeout together are ${formatDuration(whole)}`;
  const remedy = "shorten them, or raise the grace above them";
  return isKubernetes
    ? [`${took}, but Kubernetes kills after terminationGracePeriodSeconds, 30s by default; ${remedy}`]
    : [`${took}; Kubernetes kills after 30s, Docker after 10s and systemd after 90s unless told otherwise; ${remedy}`];
}

function descriptorTraps({ maxConnections, listeners }: Config, { capacity }: World): readonly string[] {
  const { affordableSessions, descriptors } = capacity;
  const fits = `the descriptor limit of ${grouped(descriptors)} is enough for ${grouped(affordableSessions)} sessions; raise it (ulimit -n, LimitNOFILE)`;
  const wanted = maxConnections === "auto" ? 0 : maxConnections;
  return [
    ...(wanted > affordableSessions ? [`max-connections is ${grouped(wanted)}, but ${fits}`] : []),
    ...listeners
      .filter((listener) => Number.isFinite(listener.maxConnections) && listener.maxConnections > affordableSessions)
      .map(({ name, maxConnections: own }) => `listener ${name}: max-connections is ${grouped(own)}, but ${fits}`),
  ];
}

function listenerTraps(listener: ListenerConfig, config: Config, world: World): readonly string[] {
  const { name, idleTimeoutMs, tcpKeepaliveMs } = listener;
  const forgotten =
    idleTimeoutMs !== Infinity
      ? []
      : tcpKeepaliveMs === Infinity
        ? [
            `listener ${name}: no idle-timeout and no tcp-keepalive: connections whose client has vanished stay for ever; set one`,
          ]
        : [
            `listener ${name}: no idle-timeout: connections that nobody uses stay as long as both hosts live; set max-lifetime or max-connections`,
          ];
  return [...forgotten, ...peekTraps(listener, config, world)];
}

/** Clients of a server that speaks first wait for it, and it waits for its turn. */
function peekTraps(listener: ListenerConfig, { pools }: Config, { greeting }: World): readonly string[] {
  const { name, peek, pool } = listener;
  if (peek === undefined) return [];
  const wait = "they wait 300ms for the greeting; give them a listener with peek: none";
  const byPort = listener.listen.flatMap((address) => {
    const protocol = GREETERS.get(portOf(address) ?? -1);
    return protocol === undefined
      ? []
      : [`listener ${name}: peeks on the port of ${protocol}, whose clients listen first: ${wait}`];
  });
  const { backends = [] } = pools.find((each) => each.name === pool) ?? {};
  const first = backends.find(
    (backend) => greeting.has(`${pool}/${backend.name}`) || GREETERS.has(portOf(backend.address) ?? -1),
  );
  if (byPort.length > 0 || first === undefined) return byPort;
  return [`listener ${name}: peeks, but backend ${pool}/${first.name} speaks first, so its clients do not: ${wait}`];
}

function poolTraps({ name, backends, probe, sendProxy }: PoolConfig, { greeting }: World): readonly string[] {
  if (probe === undefined || probe.type !== "tcp") return [];
  const every = `every ${formatDuration(probe.intervalMs)} a probe connects and says nothing`;
  const badly = backends.flatMap((backend) => {
    const why =
      PROBED_BADLY.get(portOf(backend.address) ?? -1) ??
      (greeting.has(`${name}/${backend.name}`)
        ? "it speaks first, and may log each as a client that went away"
        : undefined);
    return why === undefined
      ? []
      : [
          `backend ${name}/${backend.name}: ${every}; ${why}; ${PROBED_WELL.get(portOf(backend.address) ?? -1) ?? RARELY}`,
        ];
  });
  const headless = sendProxy !== undefined && probe.sendProxy === undefined;
  return [
    // Of many alike, one is enough to know.
    ...badly.slice(0, 1),
    ...(headless
      ? [`pool ${name}: probes send no PROXY header, which its backends expect; leave probe.send-proxy out`]
      : []),
  ];
}

function portOf(address: Address): number | undefined {
  return address.kind === "tcp" ? address.port : undefined;
}
