// What flags and environment say, put over a listener or a pool: of a file, or of the command line itself.

import { defined } from "./defined.ts";
import type { ListenerOptions, PoolOptions } from "./options.ts";
import type { PeekWord } from "./peek-options.ts";
import type { ProbeOptions, ProbeType } from "./probe-options.ts";
import type { ProxyVersion } from "./proxy-options.ts";

/** Undefined where nothing is given, here and below. */
export interface ListenerOverlay {
  readonly plain: Partial<ListenerOptions>;
  readonly peek: PeekWord | undefined;
  readonly peekTimeoutMs: number | undefined;
  readonly peekBytes: number | undefined;
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[] | undefined;
  readonly acceptProxy: readonly string[] | undefined;
  readonly clientConnections: number | "off" | undefined;
  readonly clientRate: number | "off" | undefined;
}

export interface PoolOverlay {
  readonly plain: Partial<PoolOptions>;
  readonly probeType: ProbeType | "off" | undefined;
  readonly probe: Pick<ProbeOptions, "intervalMs" | "timeoutMs" | "rise" | "fall">;
  /** Of probes over HTTP, and of no others. */
  readonly httpProbe: Pick<ProbeOptions, "path" | "status">;
  readonly sendProxy: ProxyVersion | "off" | undefined;
  readonly queueLimit: number | "off" | undefined;
  readonly queueTimeoutMs: number | undefined;
}

export function overListener(listener: ListenerOptions, overlay: ListenerOverlay): ListenerOptions {
  const { allow, deny, acceptProxy, clientConnections, clientRate } = overlay;
  const peek = peekOver(listener.peek, overlay);
  const access = { ...listener.access, ...given("allow", allow), ...given("deny", deny) };
  const perClient = {
    ...listener.perClient,
    ...given("maxConnections", clientConnections),
    ...given("ratePerSecond", clientRate),
  };
  const known = typeof listener.acceptProxy === "object" ? listener.acceptProxy : {};
  return {
    ...listener,
    ...overlay.plain,
    ...given("peek", peek),
    ...(Object.keys(access).length === 0 ? {} : { access }),
    ...(Object.keys(perClient).length === 0 ? {} : { perClient }),
    ...(acceptProxy === undefined ? {} : { acceptProxy: { ...known, from: acceptProxy } }),
  };
}

export function overPool(pool: PoolOptions, overlay: PoolOverlay): PoolOptions {
  const { plain, sendProxy, queueLimit, queueTimeoutMs } = overlay;
  const queue = typeof pool.queue === "object" ? pool.queue : undefined;
  const limit = queueLimit ?? queue?.limit ?? "off";
  const isQueueGiven = queueLimit !== undefined || (queueTimeoutMs !== undefined && queue !== undefined);
  const queued = limit === "off" ? limit : { ...queue, limit, ...given("timeoutMs", queueTimeoutMs) };
  return {
    ...pool,
    ...plain,
    ...given("probe", probeOver(pool.probe, overlay)),
    ...given("sendProxy", sendProxy),
    ...(isQueueGiven ? { queue: queued } : {}),
  };
}

function peekOver(before: ListenerOptions["peek"], overlay: ListenerOverlay): ListenerOptions["peek"] {
  const known = typeof before === "object" ? before : undefined;
  const as = overlay.peek ?? (known === undefined ? before : known.as);
  if (as === undefined || as === "none" || typeof as === "object") return overlay.peek;
  const more = { ...given("timeoutMs", overlay.peekTimeoutMs), ...given("byteCount", overlay.peekBytes) };
  if (known === undefined && Object.keys(more).length === 0) return overlay.peek;
  return { ...known, as, ...more };
}

function probeOver(before: PoolOptions["probe"], overlay: PoolOverlay): PoolOptions["probe"] {
  const { probeType, probe, httpProbe } = overlay;
  if (probeType === "off") return probeType;
  const known = typeof before === "object" ? before : {};
  const type = probeType ?? known.type;
  const more = type === "http" ? { ...probe, ...httpProbe } : probe;
  if (probeType === undefined && (before === "off" || Object.keys(more).length === 0)) return undefined;
  return { ...(type === (known.type ?? "tcp") ? known : schedule(known)), ...more, ...given("type", type) };
}

/** What is left of a probe that becomes one of another type. */
function schedule({
  intervalMs,
  intervalChangingMs,
  jitter,
  timeoutMs,
  rise,
  fall,
  sendProxy,
}: ProbeOptions): ProbeOptions {
  return defined<ProbeOptions>({ intervalMs, intervalChangingMs, jitter, timeoutMs, rise, fall, sendProxy });
}

/** The option, where it is given: one that is left out has no key at all. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  const fields: { [Key in Name]?: Value } = {};
  if (value !== undefined) fields[name] = value;
  return fields;
}
