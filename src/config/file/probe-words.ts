import type { HttpProbeConfig, ProbeConfig, ProbeStep, ProbeTlsConfig } from "../config.ts";
import { formatDuration } from "../duration.ts";
import { formatEscapes } from "../escapes.ts";
import { formatPercentage } from "../percentage.ts";
import { formatStatusRange } from "../status-range.ts";
import type { Words } from "./effective.ts";

/** A probe, as a file would have it. */
export function probeWords(probe: ProbeConfig): Words {
  const { port, intervalMs, intervalChangingMs, jitter, timeoutMs, rise, fall, sendProxy } = probe;
  return {
    type: typeof probe.type === "string" ? probe.type : "function",
    ...(port === undefined ? {} : { port }),
    ...kindWords(probe),
    interval: formatDuration(intervalMs),
    "interval-changing": formatDuration(intervalChangingMs),
    jitter: formatPercentage(jitter),
    timeout: formatDuration(timeoutMs),
    rise,
    fall,
    "send-proxy": sendProxy ?? "off",
  };
}

function kindWords(probe: ProbeConfig): Words {
  switch (probe.type) {
    case "tls":
      return tlsWords(probe.tls);
    case "http":
      return { ...overTls(probe.tls), ...httpWords(probe) };
    case "script":
      return { ...overTls(probe.tls), steps: probe.steps.map(stepWords) };
    case "tcp":
    default:
      return {};
  }
}

function overTls(tls: ProbeTlsConfig | undefined): Words {
  return tls === undefined ? { tls: false } : { tls: true, ...tlsWords(tls) };
}

function tlsWords({ serverName, ca, verify }: ProbeTlsConfig): Words {
  return {
    ...(serverName === undefined ? {} : { "server-name": serverName }),
    ...(ca === undefined ? {} : { ca: ca.file }),
    verify,
  };
}

function httpWords({ method, path, host, headers, status, body }: HttpProbeConfig): Words {
  return {
    method,
    path,
    ...(host === undefined ? {} : { host }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    status: status.map(formatStatusRange),
    ...(body === undefined ? {} : { body }),
  };
}

function stepWords(step: ProbeStep): Words {
  return step.kind === "expect-regex" ? { "expect-regex": step.source } : { [step.kind]: formatEscapes(step.bytes) };
}
