// What is in force, in the words of a file: a configuration that could be given again, with every default written out.

import type { RouteConditions, RouteRule } from "../../route/rule.ts";
import { formatAddress } from "../../wire/address.ts";
import type { AdminOptions } from "../admin-options.ts";
import type { AdminConfig } from "../admin-schema.ts";
import type {
  BackendConfig,
  Config,
  EjectionConfig,
  ListenerConfig,
  PeekConfig,
  PerClientConfig,
  PoolConfig,
  SendProxyConfig,
  WebhookConfig,
} from "../config.ts";
import { formatDuration } from "../duration.ts";
import { formatPercentage } from "../percentage.ts";
import type { ProcessOptions } from "../process-options.ts";
import { formatRate } from "../rate.ts";
import { resolveAdmin } from "../resolve.ts";
import { formatSize } from "../size.ts";
import { shownWebhookUrl } from "../webhook-schema.ts";
import { healthWords } from "./health-keys.ts";
import { probeWords } from "./probe-words.ts";

export type Words = { readonly [key: string]: Word };
type Word = string | number | boolean | readonly Word[] | Words;

/** @param files Of access lists, by listener: what they hold is not written out. */
export function effectiveFile(
  config: Config,
  { shutdownDelayMs, drainTimeoutMs }: ProcessOptions,
  files: (listener: string) => Words = () => ({}),
  admin?: AdminOptions,
): Words {
  const { log, workers, transport, maxConnections } = config;
  return {
    version: 1,
    process: {
      workers,
      transport,
      "max-connections": maxConnections,
      "shutdown-delay": formatDuration(shutdownDelayMs),
      "drain-timeout": formatDuration(drainTimeoutMs),
    },
    ...(log === undefined
      ? {}
      : {
          log: {
            level: log.level,
            format: log.format,
            output: log.output,
            access: log.access,
            "access-interval": durationOrOff(log.accessIntervalMs),
            ignore: { ...log.ignore },
          },
        }),
    ...(admin === undefined ? {} : { admin: adminWords(resolveAdmin(admin)) }),
    ...(config.webhook === undefined ? {} : { webhook: webhookWords(config.webhook) }),
    listeners: byName(config.listeners, (listener) => listenerWords(listener, files(listener.name))),
    pools: byName(config.pools, poolWords),
  };
}

function adminWords({ listen, tokenFile, metrics, dashboard, readyWhen }: AdminConfig): Words {
  return {
    listen: listen.map(formatAddress),
    ...given("token-file", tokenFile),
    metrics,
    dashboard,
    "ready-when": readyWhen,
  };
}

function webhookWords({ url, events, timeoutMs, queueLength }: WebhookConfig): Words {
  return { url: shownWebhookUrl(url), events, timeout: formatDuration(timeoutMs), queue: queueLength };
}

function listenerWords(listener: ListenerConfig, access: Words): Words {
  const { peek, forwarded, acceptProxy, perClient, maxLifetimeMs, maxLifetimeJitter } = listener;
  return {
    listen: listener.listen.map(formatAddress),
    ...given("pool", listener.pool),
    ...(listener.routes.length === 0 ? {} : { routes: listener.routes.flatMap(routeWords) }),
    peek: peek === undefined ? "none" : peekWords(peek),
    ...(isHttp(peek)
      ? {
          "http-keep-alive": listener.httpKeepAlive,
          forwarded: { headers: forwarded.headers, trust: forwarded.trust },
        }
      : {}),
    "accept-proxy":
      acceptProxy === undefined
        ? "off"
        : {
            from: acceptProxy.from,
            policy: acceptProxy.policy,
            versions: acceptProxy.versions,
            timeout: formatDuration(acceptProxy.timeoutMs),
          },
    ...(Object.keys(access).length === 0 ? {} : { access }),
    ...(perClient === undefined ? {} : { "per-client": perClientWords(perClient) }),
    "max-connections": countOrOff(listener.maxConnections),
    "max-lifetime":
      maxLifetimeJitter > 0 && maxLifetimeMs !== Infinity
        ? { after: durationOrOff(maxLifetimeMs), jitter: formatPercentage(maxLifetimeJitter) }
        : durationOrOff(maxLifetimeMs),
    dial: listener.dial,
    "idle-timeout": durationOrOff(listener.idleTimeoutMs),
    "half-close-timeout": durationOrOff(listener.halfCloseTimeoutMs),
    "tcp-keepalive": durationOrOff(listener.tcpKeepaliveMs),
    "tcp-user-timeout": durationOrOff(listener.tcpUserTimeoutMs),
    backlog: listener.backlog,
  };
}

function isHttp(peek: PeekConfig | undefined): boolean {
  return peek?.as === "http" || peek?.as === "auto";
}

function peekWords({ as, timeoutMs, byteCount, strict }: PeekConfig): Words {
  return { as, timeout: formatDuration(timeoutMs), size: formatSize(byteCount), strict };
}

function perClientWords(limits: PerClientConfig): Words {
  const { maxConnections, ratePerSecond, burst, ipv6Prefix, tableSize } = limits;
  return {
    "max-connections": countOrOff(maxConnections),
    rate: ratePerSecond === Infinity ? "off" : formatRate(ratePerSecond),
    burst,
    "ipv6-prefix": ipv6Prefix,
    "table-size": tableSize,
  };
}

/** Functions have no words. */
function routeWords(route: ListenerConfig["routes"][number]): readonly Words[] {
  if (typeof route === "function") return [];
  const not = conditionWords(route.not);
  return [{ ...(Object.keys(not).length === 0 ? {} : { not }), ...conditionWords(route.when), ...targetWords(route) }];
}

function conditionWords({ pathRegex, tlv, ...same }: RouteConditions): Words {
  const typed = Object.entries(tlv ?? {}).map(([type, values]) => [
    `0x${Number(type).toString(16).toUpperCase().padStart(2, "0")}`,
    values,
  ]);
  return {
    ...same,
    ...(pathRegex === undefined ? {} : { "path-regex": pathRegex }),
    ...(tlv === undefined ? {} : { tlv: Object.fromEntries(typed) }),
  };
}

function targetWords({ target }: RouteRule): Words {
  switch (target.kind) {
    case "pool":
      return { pool: target.pool };
    case "split":
      return { split: Object.fromEntries(target.parts.map(({ pool, weight }) => [pool, weight])) };
    case "reject":
      return { reject: target.how };
  }
}

function poolWords(pool: PoolConfig): Words {
  const { policy, probe, ejection, sendProxy, queue } = pool;
  return {
    policy: typeof policy === "string" ? policy : "function",
    "dial-timeout": formatDuration(pool.dialTimeoutMs),
    "dial-deadline": formatDuration(pool.dialDeadlineMs),
    attempts: pool.attempts,
    "resolve-interval": formatDuration(pool.resolveIntervalMs),
    probe: probe === undefined ? "off" : probeWords(probe),
    ejection: ejection === undefined ? "off" : ejectionWords(ejection),
    "send-proxy": sendProxy === undefined ? "off" : sendProxyWords(sendProxy),
    ...(pool.source.length === 0 ? {} : { source: pool.source }),
    queue: queue === undefined ? "off" : { limit: queue.limit, timeout: formatDuration(queue.timeoutMs) },
    "on-remove": pool.onRemove,
    ...healthWords(pool),
    backends: pool.backends.map(backendWords),
  };
}

function ejectionWords({ failures, withinMs, firstMs, longestMs }: EjectionConfig): Words {
  return {
    failures,
    within: formatDuration(withinMs),
    first: formatDuration(firstMs),
    longest: formatDuration(longestMs),
  };
}

function sendProxyWords({ version, crc32c, uniqueId, authority, alpn, custom }: SendProxyConfig): Word {
  if (version === "v1") return version;
  const texts = custom.map(({ type, value }) => [`0x${type.toString(16).toUpperCase()}`, value]);
  return {
    version,
    crc32c,
    "unique-id": uniqueId,
    authority,
    alpn,
    ...(texts.length === 0 ? {} : { custom: Object.fromEntries(texts) }),
  };
}

function backendWords({ name, address, weight, backup, maxConnections, resolve }: BackendConfig): Words {
  const text = formatAddress(address);
  return {
    ...(name === text ? {} : { name }),
    address: text,
    weight,
    backup,
    "max-connections": countOrOff(maxConnections),
    resolve,
  };
}

function byName<Named extends { readonly name: string }>(all: readonly Named[], words: (one: Named) => Words): Words {
  return Object.fromEntries(all.map((one) => [one.name, words(one)]));
}

function durationOrOff(ms: number): string {
  return ms === Infinity ? "off" : formatDuration(ms);
}

function countOrOff(count: number): number | string {
  return count === Infinity ? "off" : count;
}

function given(key: string, value: string | undefined): Words {
  return value === undefined ? {} : { [key]: value };
}
