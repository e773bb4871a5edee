// The flags that have one value each. Names are an API: a renamed one lives on for a minor version with a warning.

import { type PolicyName, policyNames } from "../balance/policy.ts";
import { defaults } from "./defaults.ts";
import { type Setting, setting } from "./key.ts";
import { choice, count, countOr, duration, durationOrOff, type Kind, text } from "./kind.ts";
import { type LimitSettings, limitSettings } from "./limit-settings.ts";
import { limits } from "./limits.ts";
import {
  type AccessLog,
  accessLogs,
  type DialMode,
  dialModes,
  type LogFormat,
  type LogLevel,
  logFormats,
  logLevels,
  type MsOrOff,
  type TransportChoice,
  transportChoices,
} from "./options.ts";
import { type PeekSettings, peekSettings } from "./peek-settings.ts";
import { type ProbeSettings, probeSettings } from "./probe-settings.ts";

/** What each flag gives. */
export interface Settings extends PeekSettings, LimitSettings, ProbeSettings {
  readonly backlog: number;
  readonly policy: PolicyName;
  readonly "dial-timeout": number;
  readonly "dial-deadline": number;
  readonly attempts: number;
  readonly "resolve-interval": number;
  readonly dial: DialMode;
  readonly "idle-timeout": MsOrOff;
  readonly "half-close-timeout": MsOrOff;
  readonly "max-lifetime": MsOrOff;
  readonly "tcp-keepalive": MsOrOff;
  readonly "tcp-user-timeout": MsOrOff;
  readonly "max-connections": number | "auto";
  readonly transport: TransportChoice;
  readonly workers: number | "auto";
  readonly "shutdown-delay": number;
  readonly "drain-timeout": number;
  readonly "log-level": LogLevel;
  /** Undefined where nothing is given: only the command line knows whether there is a terminal. */
  readonly "log-format": LogFormat | undefined;
  readonly "log-output": string;
  readonly "access-log": AccessLog;
}

const { listener, pool, log } = defaults;

const logFormat: Kind<LogFormat | undefined> = {
  ...choice<LogFormat>("json", logFormats),
  fallback: undefined,
  defaultText: "pretty on a terminal, json elsewhere",
};

export const settings: { readonly [Flag in keyof Settings]: Setting<Settings[Flag]> } = {
  backlog: setting(
    "backlog",
    "Listeners",
    count(listener.backlog, limits.backlog),
    "connections that the kernel keeps waiting to be accepted",
  ),
  policy: setting(
    "policy",
    "Backends",
    { ...choice<PolicyName>(pool.policy, policyNames), placeholder: "POLICY" },
    "how a backend is picked: least-connections, round-robin, random, random-two, source-hash",
  ),
  "dial-timeout": setting(
    "dial-timeout",
    "Backends",
    duration(pool.dialTimeoutMs, limits.dialMs),
    "longest time for one dial",
  ),
  "dial-deadline": setting(
    "dial-deadline",
    "Backends",
    duration(pool.dialDeadlineMs, limits.dialMs),
    "longest time for all dials of a session together",
  ),
  attempts: setting(
    "attempts",
    "Backends",
    count(pool.attempts, limits.attempts),
    "different backends that a session tries",
  ),
  "resolve-interval": setting(
    "resolve-interval",
    "Backends",
    duration(pool.resolveIntervalMs, limits.resolveIntervalMs),
    "how often the names of backends are looked up",
  ),
  dial: setting(
    "dial",
    "Sessions",
    choice<DialMode>(listener.dial, dialModes),
    "when a backend is dialled: at once, or when the client has sent its first byte",
  ),
  "idle-timeout": setting(
    "idle-timeout",
    "Sessions",
    durationOrOff(listener.idleTimeoutMs, limits.sessionMs),
    "no byte in either direction for this long ends a session",
  ),
  "half-close-timeout": setting(
    "half-close-timeout",
    "Sessions",
    durationOrOff(listener.halfCloseTimeoutMs, limits.sessionMs),
    "the same once one side has finished",
  ),
  "max-lifetime": setting(
    "max-lifetime",
    "Sessions",
    durationOrOff(listener.maxLifetimeMs, limits.sessionMs),
    "longest life of a session, busy or not",
  ),
  "tcp-keepalive": setting(
    "tcp-keepalive",
    "Sessions",
    durationOrOff(listener.tcpKeepaliveMs, limits.tcpKeepaliveMs),
    "silence after which TCP asks whether the other side is still there",
  ),
  "tcp-user-timeout": setting(
    "tcp-user-timeout",
    "Sessions",
    durationOrOff(listener.tcpUserTimeoutMs, limits.tcpUserTimeoutMs),
    "unacknowledged for this long, a side is lost; on the linux transport",
  ),
  "max-connections": setting(
    "max-connections",
    "Process",
    countOr("auto", defaults.process.maxConnections, limits.connections),
    "sessions at once; auto derives it from the descriptor limit",
  ),
  transport: setting(
    "transport",
    "Process",
    choice<TransportChoice>(defaults.process.transport, transportChoices),
    "how sockets are driven; auto takes linux where it works",
  ),
  workers: setting(
    "workers",
    "Process",
    countOr("auto", defaults.process.workers, { ...limits.workers, min: 1 }),
    "threads that carry sessions; auto is one for each core that lb-tcp may use",
  ),
  "shutdown-delay": setting(
    "shutdown-delay",
    "Process",
    duration(defaults.process.shutdownDelayMs, limits.shutdownMs),
    "after SIGTERM, not ready but still accepting for this long",
  ),
  "drain-timeout": setting(
    "drain-timeout",
    "Process",
    duration(defaults.process.drainTimeoutMs, limits.shutdownMs),
    "then accepting no more, and waiting this long for sessions to finish",
  ),
  "log-level": setting(
    "log-level",
    "Logs",
    { ...choice<LogLevel>(log.level, logLevels), placeholder: "LEVEL" },
    "the least level that is logged",
  ),
  "log-format": setting("log-format", "Logs", logFormat, "for programs or for people"),
  "log-output": setting("log-output", "Logs", text(log.output, "stdout|stderr|FILE"), "where the log goes"),
  "access-log": setting(
    "access-log",
    "Logs",
    choice<AccessLog>(log.access, accessLogs),
    "sessions that get a line: all, those whose end was not orderly, or none",
  ),
  ...peekSettings,
  ...limitSettings,
  ...probeSettings,
};
