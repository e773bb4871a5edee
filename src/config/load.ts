// Flags and environment to options. Problems name the flag or the variable that the value came from; whatever gets
// through here, `resolve` accepts.

import { configError, type Problem } from "../errors.ts";
import { DEFAULT_LISTENER } from "./defaults.ts";
import { formatDuration } from "./duration.ts";
import { type Given, read, refused, unknownVariables } from "./given.ts";
import { listenAddresses, pooledBackends, servedPool } from "./given-addresses.ts";
import type { Setting } from "./key.ts";
import type { BalancerOptions } from "./options.ts";
import { settings } from "./settings.ts";

/** What concerns the process and not the balancer. */
export interface ProcessOptions {
  readonly shutdownDelayMs: number;
  readonly drainTimeoutMs: number;
}

export interface Loaded {
  readonly options: BalancerOptions;
  readonly process: ProcessOptions;
  /** A line each. */
  readonly warnings: readonly string[];
}

type Reader = <T>(setting: Setting<T>) => T;

/** @throws LbError LB_CONFIG with all problems at once */
export function loadOptions(given: Given): Loaded {
  const problems: Problem[] = [...refused(given)];
  const value: Reader = (setting) => read(setting, given, problems);

  const listen = listenAddresses(given, problems);
  const pools = pooledBackends(given, problems);
  const listener = listenerSettings(value);
  const pool = poolSettings(value);
  const log = logSettings(value);
  const balancer = {
    maxConnections: value(settings["max-connections"]),
    transport: value(settings.transport),
    workers: value(settings.workers),
  };
  const process = {
    shutdownDelayMs: value(settings["shutdown-delay"]),
    drainTimeoutMs: value(settings["drain-timeout"]),
  };
  if (problems.length > 0) throw configError(problems);

  return {
    options: {
      listeners: { [DEFAULT_LISTENER]: { ...listener, listen, pool: servedPool(pools) } },
      pools: Object.fromEntries([...pools].map(([name, backends]) => [name, { ...pool, backends }])),
      ...balancer,
      log,
    },
    process,
    warnings: [...unknownVariables(given), ...contradictions(pool)],
  };
}

function listenerSettings(value: Reader) {
  return {
    dial: value(settings.dial),
    idleTimeoutMs: value(settings["idle-timeout"]),
    halfCloseTimeoutMs: value(settings["half-close-timeout"]),
    maxLifetimeMs: value(settings["max-lifetime"]),
    backlog: value(settings.backlog),
    tcpKeepaliveMs: value(settings["tcp-keepalive"]),
    tcpUserTimeoutMs: value(settings["tcp-user-timeout"]),
  };
}

function poolSettings(value: Reader) {
  const probe = {
    type: value(settings.probe),
    intervalMs: value(settings["probe-interval"]),
    timeoutMs: value(settings["probe-timeout"]),
    rise: value(settings.rise),
    fall: value(settings.fall),
  };
  const { type } = probe;
  return {
    policy: value(settings.policy),
    dialTimeoutMs: value(settings["dial-timeout"]),
    dialDeadlineMs: value(settings["dial-deadline"]),
    attempts: value(settings.attempts),
    resolveIntervalMs: value(settings["resolve-interval"]),
    probe: type === "off" ? type : { ...probe, type },
  };
}

function logSettings(value: Reader) {
  const format = value(settings["log-format"]);
  return {
    level: value(settings["log-level"]),
    output: value(settings["log-output"]),
    access: value(settings["access-log"]),
    ...(format === undefined ? {} : { format }),
  };
}

/** What is valid and yet can't be what was meant. */
function contradictions(pool: { readonly dialTimeoutMs: number; readonly dialDeadlineMs: number }): readonly string[] {
  if (pool.dialTimeoutMs <= pool.dialDeadlineMs) return [];
  const timeout = formatDuration(pool.dialTimeoutMs);
  const deadline = formatDuration(pool.dialDeadlineMs);
  return [
    `--dial-timeout: ${timeout} is never reached, because --dial-deadline is ${deadline}; raise --dial-deadline too`,
  ];
}
