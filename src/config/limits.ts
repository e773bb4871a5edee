// How small and how large each number may be, with the reason where it is not plain. `options.ts` states them to users.

/** Both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const limits = {
  peekMs: { min: 10, max: 600_000 },
  // A request line fits into the least; a connection holds one buffer of 64 KiB at most.
  peekBytes: { min: 256, max: 65_536 },
  acceptProxyMs: { min: 10, max: 600_000 },
  // PP2_TYPE_MIN_CUSTOM to PP2_TYPE_MAX_EXPERIMENT (HAProxy's proxy-protocol.txt, 2.2.7).
  customTlv: { min: 0xe0, max: 0xf7 },
  customTlvBytes: { min: 0, max: 1_024 },
  tlv: { min: 0, max: 255 },
  routes: { min: 0, max: 10_000 },
  rejectStatus: { min: 400, max: 599 },
  share: { min: 0, max: 1_000_000 },
  rate: { min: 1, max: 1_000_000 },
  ipv6Prefix: { min: 32, max: 128 },
  clientTable: { min: 1_024, max: 10_000_000 },
  queue: { min: 1, max: 1_000_000 },
  dialMs: { min: 10, max: 600_000 },
  attempts: { min: 1, max: 100 },
  resolveIntervalMs: { min: 100, max: 86_400_000 },
  // 24 days: a timer of Node's holds 2^31 - 1 ms. Whoever wants more wants "off".
  // Sessions are looked at about once a second.
  accessIntervalMs: { min: 1_000, max: 2_073_600_000 },
  sessionMs: { min: 10, max: 2_073_600_000 },
  shutdownMs: { min: 0, max: 2_073_600_000 },
  // TCP_KEEPIDLE counts whole seconds up to 32,767 (MAX_TCP_KEEPIDLE in Linux's include/net/tcp.h).
  tcpKeepaliveMs: { min: 1_000, max: 32_767_000 },
  // The kernel counts it in a signed 32-bit integer; less than a second would give up on a path with one lost segment.
  tcpUserTimeoutMs: { min: 1_000, max: 2_073_600_000 },
  backlog: { min: 1, max: 65_535 },
  // Counts are signed 32-bit integers in the shared table.
  connections: { min: 1, max: 1_000_000_000 },
  // More threads than any machine has cores; each costs memory.
  workers: { min: 0, max: 256 },
  // Places in the shared counts: session/admission.ts, session/counters.ts.
  listeners: { min: 1, max: 1_023 },
  pools: { min: 1, max: 1_024 },
  weight: { min: 0, max: 256 },
  probeIntervalMs: { min: 100, max: 86_400_000 },
  probeTimeoutMs: { min: 10, max: 60_000 },
  probeCount: { min: 1, max: 100 },
  // Half of it both ways: with more, two probes could follow each other at once.
  probeJitterPercent: { min: 0, max: 50 },
  port: { min: 1, max: 65_535 },
  probeStatus: { min: 100, max: 599 },
  probeHeaders: { min: 0, max: 50 },
  probeSteps: { min: 1, max: 50 },
  // What a probe sends or looks for at once.
  probeBytes: { min: 1, max: 4_096 },
  ejectionFailures: { min: 1, max: 1_000 },
  slowStartMs: { min: 100, max: 86_400_000 },
  onDrainMs: { min: 0, max: 2_073_600_000 },
  webhookMs: { min: 100, max: 60_000 },
  // Each is some 300 bytes.
  webhookQueue: { min: 1, max: 10_000 },
  ejectionMs: { min: 10, max: 86_400_000 },
} as const;
