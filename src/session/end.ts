// Why a session ended. One closed set: the field in the log, the label in the metrics, the assertion in the tests.

/** What is to be known about an end; `lb-tcp explain END` prints it. */
export interface EndDescription {
  /** Both sides said goodbye: not an error for `--access-log errors`. */
  readonly orderly: boolean;
  /** Who ended it. */
  readonly by: "client" | "backend" | "lb-tcp" | "operator";
  readonly what: string;
  readonly look: string;
}

/** All ends in a fixed order: the index of each is its place in the counters. */
export const endReasons = [
  "client-finished",
  "backend-finished",
  "client-reset",
  "backend-reset",
  "client-lost",
  "backend-lost",
  "client-gone",
  "no-backend",
  "dial-failed",
  "local-resource",
  "queue-full",
  "queue-timeout",
  "peek-timeout",
  "peek-too-large",
  "bad-proxy-header",
  "bad-request",
  "no-route",
  "denied",
  "over-limit",
  "rate-limited",
  "idle-timeout",
  "half-close-timeout",
  "max-lifetime",
  "backend-down",
  "backend-removed",
  "closed-by-operator",
  "rebalanced",
  "drained",
  "shutdown",
  "tls-failed",
  "worker-failed",
  "internal",
] as const;
export type EndReason = (typeof endReasons)[number];

export const ends: Readonly<Record<EndReason, EndDescription>> = {
  "client-finished": {
    orderly: true,
    by: "client",
    what: "Both directions ended in order; the client sent its FIN first.",
    look: "Nothing to do.",
  },
  "backend-finished": {
    orderly: true,
    by: "backend",
    what: "Both directions ended in order; the backend sent its FIN first.",
    look: "Nothing to do.",
  },
  "client-reset": {
    orderly: false,
    by: "client",
    what: "The client reset the connection while it was relayed.",
    look: "Usual for impatient clients. If there are many: compare durationMs with the timeouts of the client.",
  },
  "backend-reset": {
    orderly: false,
    by: "backend",
    what: "The backend reset the connection while it was relayed; the client was reset after the bytes before it.",
    look: "The log of the backend at that time: a crash, a restart, or a limit of its own.",
  },
  "client-lost": {
    orderly: false,
    by: "client",
    what: "The client stopped answering (ETIMEDOUT): its host or the network went away.",
    look: "The network towards the client; tcp-keepalive decides how soon this is noticed.",
  },
  "backend-lost": {
    orderly: false,
    by: "backend",
    what: "The backend stopped answering (ETIMEDOUT): its host or the network went away.",
    look: "The network towards the backend; tcp-keepalive decides how soon this is noticed.",
  },
  "client-gone": {
    orderly: false,
    by: "client",
    what: "The client left before a backend was connected.",
    look: "A port scan or a TCP health check; otherwise durationMs and the field failed tell what it had to wait for.",
  },
  "no-backend": {
    orderly: false,
    by: "lb-tcp",
    what: "No backend of the pool could be used: all down, ejected, drained, or at max-connections. The client was reset; one of HTTP was answered 503.",
    look: "The backend events in the log: they say why each of them is out.",
  },
  "dial-failed": {
    orderly: false,
    by: "lb-tcp",
    what: "Every backend that was tried refused, reset, or did not answer. The client was reset; one of HTTP was answered 503.",
    look: "The field failed names each backend and its error; --attempts and --dial-deadline bound the tries.",
  },
  "local-resource": {
    orderly: false,
    by: "lb-tcp",
    what: "This machine could not dial: no descriptor, no local port, or no memory left. No backend is to blame.",
    look: "The field error: EMFILE wants a higher `ulimit -n`, EADDRNOTAVAIL more local ports (ip_local_port_range).",
  },
  "queue-full": {
    orderly: false,
    by: "lb-tcp",
    what: "Every backend was at max-connections and the queue was full.",
    look: "queue-limit, max-connections, or more backends.",
  },
  "queue-timeout": {
    orderly: false,
    by: "lb-tcp",
    what: "Every backend was at max-connections and none became free within queue-timeout.",
    look: "queue-timeout, max-connections, or more backends.",
  },
  "peek-timeout": {
    orderly: false,
    by: "lb-tcp",
    what: "The client began a request and did not finish its head within peek-timeout.",
    look: "Slow or hostile clients; peek-timeout.",
  },
  "peek-too-large": {
    orderly: false,
    by: "lb-tcp",
    what: "The head of the request is larger than peek-size.",
    look: "Large cookies or headers; peek-size.",
  },
  "bad-proxy-header": {
    orderly: false,
    by: "client",
    what: "The client had to send a PROXY header and did not send a valid one.",
    look: "Whether the proxy in front sends the PROXY protocol, and the listener's accept-proxy.",
  },
  "bad-request": {
    orderly: false,
    by: "client",
    what: "The request is malformed in a way that backends read differently (request smuggling).",
    look: "The field error names the shape.",
  },
  "no-route": {
    orderly: false,
    by: "lb-tcp",
    what: "No route matches and the listener has no pool of its own.",
    look: "host, path and sni in this line, against the routes.",
  },
  denied: {
    orderly: false,
    by: "lb-tcp",
    what: "The client's address is denied, or not among those allowed; or a route rejects the session.",
    look: "allow and deny of the listener; where the field error says so, its routes with reject.",
  },
  "over-limit": {
    orderly: false,
    by: "lb-tcp",
    what: "max-connections of the process, of the listener or of the client was reached; the new connection was accepted and reset.",
    look: "The field error says which, where it was not the process; active in this line; max-connections and `ulimit -n`.",
  },
  "rate-limited": {
    orderly: false,
    by: "lb-tcp",
    what: "The client opened connections faster than it may.",
    look: "per-client rate and burst.",
  },
  "idle-timeout": {
    orderly: false,
    by: "lb-tcp",
    what: "No byte moved in either direction for idle-timeout. Both sides were reset.",
    look: "idle-timeout, or keepalives in the protocol.",
  },
  "half-close-timeout": {
    orderly: false,
    by: "lb-tcp",
    what: "One side had finished, and no byte came from the other for half-close-timeout. Both sides were reset.",
    look: "half-close-timeout; the field error tells which side had finished.",
  },
  "max-lifetime": {
    orderly: false,
    by: "lb-tcp",
    what: "The session reached max-lifetime. Both sides were reset.",
    look: "max-lifetime.",
  },
  "backend-down": {
    orderly: false,
    by: "lb-tcp",
    what: "The backend went down and on-down closes its sessions.",
    look: "The backend event before this line.",
  },
  "backend-removed": {
    orderly: false,
    by: "operator",
    what: "The backend was removed and its sessions were closed.",
    look: "The change that removed it; on-remove and on-drain of the pool.",
  },
  "closed-by-operator": {
    orderly: false,
    by: "operator",
    what: "An operator closed this session.",
    look: "The audit line.",
  },
  rebalanced: {
    orderly: false,
    by: "lb-tcp",
    what: "The session was closed so that its client comes back to another backend.",
    look: "on-up of the pool.",
  },
  drained: {
    orderly: false,
    by: "operator",
    what: "Its backend was drained and the time for that was over.",
    look: "on-drain of the pool.",
  },
  shutdown: {
    orderly: false,
    by: "operator",
    what: "lb-tcp stopped, or a reload removed the listener, and the session did not finish within drain-timeout. Both sides were reset.",
    look: "drain-timeout.",
  },
  "tls-failed": {
    orderly: false,
    by: "client",
    what: "The TLS handshake failed.",
    look: "The field error.",
  },
  "worker-failed": {
    orderly: false,
    by: "lb-tcp",
    what: "The worker that served it died; its sessions were reset.",
    look: "The log lines before it, and please report it.",
  },
  internal: {
    orderly: false,
    by: "lb-tcp",
    what: "A bug in lb-tcp. Only this session ended.",
    look: "The field error, and please report it.",
  },
};

export function isOrderly(end: EndReason): boolean {
  return ends[end].orderly;
}
