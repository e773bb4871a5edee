// The schemas of all answers and bodies, as OpenAPI 3.1 has them: JSON Schema 2020-12. The types are in `answers.ts`;
// a test holds what is answered against these.

import { dashboardModes, readyConditions } from "../config/admin-options.ts";
import { operatorStates } from "../config/backend-schema.ts";
import { limits } from "../config/limits.ts";
import { logLevels } from "../config/options.ts";
import { dialResults, histogramNames } from "../session/counters.ts";
import { endReasons } from "../session/end.ts";

type Json = Readonly<Record<string, unknown>>;

const TEXT: Json = { type: "string" };
const TRUTH: Json = { type: "boolean" };
const COUNT: Json = { type: "integer", minimum: 0 };
const NUMBER: Json = { type: "number", minimum: 0 };
const TIME: Json = { type: "string", format: "date-time" };

const LIFECYCLE: Json = words(["new", "starting", "running", "closing", "closed"]);
const ENDPOINT_STATE: Json = words(["removed", "maintenance", "drain", "down", "ejected", "ready"]);
const CONFIG_STATS: Json = object({
  hash: TEXT,
  reloads: object({ ok: COUNT, failed: COUNT }),
  lastSuccessAt: TIME,
  lastError: nullable(TEXT),
  restartRequired: list(TEXT),
});
const PROBES: Json = object({
  ok: COUNT,
  failed: COUNT,
  lastMs: nullable(NUMBER),
  lastAt: nullable(TIME),
  lastFailure: nullable(object({ reason: TEXT, at: TIME })),
  certificateExpiresAt: nullable(TIME),
});
const LANE = {
  ends: counts(endReasons),
  bytesUp: COUNT,
  bytesDown: COUNT,
  irregular: COUNT,
  answers: { type: "object", additionalProperties: COUNT },
} as const;
const NAMES: Json = object({ added: list(TEXT), removed: list(TEXT), changed: list(TEXT) });
const WEIGHT: Json = { type: "integer", minimum: limits.weight.min, maximum: limits.weight.max };
const LIMIT: Json = { type: "integer", minimum: limits.connections.min, maximum: limits.connections.max };
const LIMIT_OR_OFF: Json = { anyOf: [LIMIT, { const: "off" }] };

/** By the names that operations refer to. */
export const schemas: Readonly<Record<string, Json>> = {
  Any: {},
  Problem: {
    ...object({ type: TEXT, title: TEXT, status: { type: "integer" }, detail: TEXT }),
    properties: {
      type: TEXT,
      title: TEXT,
      status: { type: "integer" },
      detail: TEXT,
      problems: list(object({ path: TEXT, message: TEXT })),
    },
  },
  Access: object({
    actor: nullable(words(["token", "dashboard", "unix"])),
    mayRead: TRUTH,
    mayChange: TRUTH,
  }),
  Worker: object({ worker: COUNT, active: COUNT, restarts: COUNT, loopLagMs: NUMBER, heartbeatAgeMs: NUMBER }),
  Status: object({
    version: TEXT,
    node: TEXT,
    transport: words(["net", "linux"]),
    instance: TEXT,
    state: LIFECYCLE,
    draining: TRUTH,
    ready: TRUTH,
    readyWhen: words(readyConditions),
    startedAt: TIME,
    at: TIME,
    sessions: object({ active: COUNT, limit: nullable(COUNT) }),
    acceptPaused: TRUTH,
    workers: list(reference("Worker")),
    config: CONFIG_STATS,
    logLevel: TEXT,
    logLinesDropped: COUNT,
    dashboard: words(dashboardModes),
  }),
  Listener: object({
    name: TEXT,
    pool: nullable(TEXT),
    active: COUNT,
    ...LANE,
    pools: list(object({ pool: nullable(TEXT), ...LANE })),
    addresses: list(TEXT),
  }),
  Override: object({
    pool: TEXT,
    backend: TEXT,
    membership: nullable(words(["added", "removed"])),
    state: nullable(words(operatorStates)),
    weight: nullable(WEIGHT),
    maxConnections: nullable(LIMIT_OR_OFF),
    by: TEXT,
    at: TIME,
  }),
  BackendStatus: object({
    name: TEXT,
    weight: WEIGHT,
    effectiveWeight: NUMBER,
    backup: TRUTH,
    maxConnections: nullable(LIMIT),
    state: ENDPOINT_STATE,
    probes: PROBES,
    override: nullable(reference("Override")),
    active: COUNT,
    addresses: list(
      object({
        address: TEXT,
        state: ENDPOINT_STATE,
        lastProbe: nullable(TEXT),
        probes: PROBES,
        ejectedUntil: nullable(TIME),
        active: COUNT,
      }),
    ),
    dials: object(Object.fromEntries(dialResults.map((result) => [result, COUNT]))),
    sessions: COUNT,
    bytesUp: COUNT,
    bytesDown: COUNT,
    ejections: COUNT,
  }),
  Backend: object({ pool: TEXT, backend: reference("BackendStatus"), left: COUNT }),
  Pool: object({
    name: TEXT,
    usable: COUNT,
    panic: TRUTH,
    retries: COUNT,
    queueLength: COUNT,
    histograms: object(
      Object.fromEntries(
        histogramNames.map((name) => [name, object({ buckets: list(COUNT), sumMs: NUMBER, count: COUNT })]),
      ),
    ),
    backends: list(reference("BackendStatus")),
  }),
  Session: object({
    id: TEXT,
    listener: TEXT,
    client: TEXT,
    pool: nullable(TEXT),
    backend: nullable(TEXT),
    backendAddress: nullable(TEXT),
    bytesUp: COUNT,
    bytesDown: COUNT,
    durationMs: NUMBER,
    worker: COUNT,
  }),
  ListenerPage: page("Listener"),
  PoolPage: page("Pool"),
  OverridePage: page("Override"),
  SessionPage: page("Session"),
  Overview: object({
    status: reference("Status"),
    listeners: list(reference("Listener")),
    pools: list(reference("Pool")),
    overrides: list(reference("Override")),
  }),
  History: object({
    atMs: list(COUNT),
    activeSessions: list(COUNT),
    endedSessions: list(COUNT),
    bytesUp: list(COUNT),
    bytesDown: list(COUNT),
    ends: { type: "object", propertyNames: words(endReasons), additionalProperties: list(COUNT) },
  }),
  BackendEvent: object({
    event: words(["up", "down", "ejected", "returned", "added", "removed"]),
    pool: TEXT,
    backend: TEXT,
    address: nullable(TEXT),
    reason: TEXT,
    at: TIME,
  }),
  ReloadEvent: object({ result: words(["ok", "failed"]), hash: TEXT, error: nullable(TEXT), at: TIME }),
  AuditEvent: object({
    action: TEXT,
    by: TEXT,
    client: nullable(TEXT),
    subject: nullable(TEXT),
    change: { type: "object" },
    at: TIME,
  }),
  ReloadReport: object({ listeners: NAMES, pools: NAMES, backends: NAMES, restartRequired: list(TEXT) }),
  Closed: object({ closed: COUNT }),
  LogLevel: object({ level: words(logLevels) }),
  Login: object({ token: TEXT }),
  BackendChange: {
    type: "object",
    properties: { state: words(operatorStates), weight: WEIGHT, maxConnections: LIMIT_OR_OFF },
    additionalProperties: false,
  },
  NewBackend: {
    anyOf: [
      TEXT,
      {
        type: "object",
        properties: {
          address: TEXT,
          name: TEXT,
          weight: WEIGHT,
          backup: TRUTH,
          maxConnections: LIMIT_OR_OFF,
          resolve: words(["all", "first"]),
        },
        required: ["address"],
        additionalProperties: false,
      },
    ],
  },
};

/** All of these are there. */
function object(properties: Readonly<Record<string, Json>>): Json {
  return { type: "object", properties, required: Object.keys(properties) };
}

function list(items: Json): Json {
  return { type: "array", items };
}

function words(all: readonly string[]): Json {
  return { type: "string", enum: all };
}

function counts(names: readonly string[]): Json {
  return { type: "object", propertyNames: words(names), additionalProperties: COUNT };
}

function nullable(schema: Json): Json {
  return { anyOf: [schema, { type: "null" }] };
}

function page(item: string): Json {
  return object({ items: list(reference(item)), cursor: nullable(TEXT) });
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
