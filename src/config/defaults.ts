// Every default, once, with the reason for it.

export const defaults = {
  listener: {
    dial: "immediate",
    // Long enough for idle database and WebSocket connections, short enough that forgotten ones go.
    idleTimeoutMs: 3_600_000,
    // A side that has finished rarely waits longer for the other; HAProxy's advice for client-fin is the same order.
    halfCloseTimeoutMs: 60_000,
    maxLifetimeMs: "off",
    maxLifetimeJitter: 0,
    httpKeepAlive: "close",
    maxConnections: "off",
    // Bursts of connections wait in the kernel; the kernel caps it at net.core.somaxconn (4,096 since Linux 5.4).
    backlog: 4096,
    // Finds hosts that vanished long before idle-timeout does, for one empty segment a minute.
    tcpKeepaliveMs: 60_000,
    // The system's own limit, about a quarter of an hour on Linux (net.ipv4.tcp_retries2).
    tcpUserTimeoutMs: "off",
  },
  pool: {
    policy: "least-connections",
    // One lost SYN is sent again after 1 s, the next after 3 s: 3 s allows for one.
    dialTimeoutMs: 3_000,
    dialDeadlineMs: 10_000,
    attempts: 3,
    resolveIntervalMs: 10_000,
    sendProxy: "off",
    queue: "off",
    onRemove: "drain",
    // What closes, or hands out sessions in another way, is asked for.
    slowStart: "off",
    panicBelow: "off",
    onDown: "keep",
    onUp: "keep",
    onDrain: "keep",
  },
  peek: {
    as: "none",
    // A lost SYN-ACK or first segment costs 1 to 3 s.
    timeoutMs: 3_000,
    // HAProxy's tune.bufsize; a ClientHello with two post-quantum shares takes some 4 KiB.
    byteCount: 16_384,
    strict: true,
  },
  forwarded: {
    headers: "x-forwarded",
  },
  acceptProxy: {
    policy: "require",
    timeoutMs: 5_000,
  },
  perClient: {
    maxConnections: "off",
    ratePerSecond: "off",
    // What a subscriber is given (RIPE-690): one of its addresses proves nothing about the next.
    ipv6Prefix: 64,
    tableSize: 100_000,
  },
  queue: {
    timeoutMs: 5_000,
  },
  probe: {
    type: "tcp",
    intervalMs: 5_000,
    intervalChangingMs: 1_000,
    timeoutMs: 2_000,
    // So that probes of many backends, or from many balancers, do not march in step.
    jitter: 0.1,
    rise: 2,
    fall: 3,
    method: "GET",
    path: "/",
    // What browsers and HAProxy take for a good answer: redirects to a login page are one.
    status: [{ min: 200, max: 399 }],
    verify: true,
  },
  ejection: {
    failures: 3,
    withinMs: 10_000,
    firstMs: 10_000,
    longestMs: 300_000,
  },
  slowStart: {
    // Enough to warm up on; Envoy's min_weight_percent.
    from: 0.1,
  },
  backend: {
    weight: 1,
    backup: false,
    maxConnections: "off",
    resolve: "all",
  },
  webhook: {
    timeoutMs: 5_000,
    queueLength: 1_000,
  },
  log: {
    level: "info",
    format: "json",
    output: "stdout",
    access: "all",
    ignoreEmpty: false,
    accessIntervalMs: "off",
  },
  admin: {
    // Names of configuration and counts: what a scraper without a secret may know.
    metrics: "open",
    dashboard: "read-write",
    readyWhen: "any-pool",
  },
  process: {
    maxConnections: "auto",
    // For the program. A library stays in its caller's thread unless asked.
    workers: "auto",
    libraryWorkers: 0,
    transport: "auto",
    shutdownDelayMs: 0,
    // Kubernetes kills after 30 s: 25 s leaves time to report and to flush the log.
    drainTimeoutMs: 25_000,
  },
} as const;

/** The pool and the listener that flags without a name speak of. */
export const DEFAULT_POOL = "default";
export const DEFAULT_LISTENER = "default";
