// Everything that the admin address serves, once: what is routed, who may, and the OpenAPI document are made of this.

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may: everybody; whoever may read the metrics; whoever may read; whoever may change something; whoever may log in.
 * What that means is in `authority.ts`.
 */
export type Access = "open" | "metrics" | "read" | "change" | "login";

/** An answer: what it means, and the name of its schema, or the type of what is not JSON. */
export interface Answer {
  readonly means: string;
  readonly schema?: string;
  readonly type?: string;
}

export interface Operation {
  readonly method: Method;
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  /** Each with what it means; whatever else is in a query is refused. */
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** The name of the schema of its body; it takes none where this is missing. */
  readonly body?: string;
  readonly answers: Readonly<Record<number, Answer>>;
}

export interface QueryParameter {
  readonly means: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const TEXT = "text/plain";
const WORDS = { type: "string" } as const;

const verbose = {
  verbose: { means: "a line for each condition", schema: { type: "string", enum: ["", "true"] } },
} as const;
const paging = {
  limit: {
    means: "items at most in one answer; 100 by default",
    schema: { type: "integer", minimum: 1, maximum: 1_000 },
  },
  cursor: { means: "where to go on: what the answer before said", schema: WORDS },
} as const;
const wait = {
  wait: { means: "how long to wait until no session is left, such as 30s; at most 10m", schema: WORDS },
} as const;

const health = (path: string, summary: string): Operation => ({
  method: "GET",
  path,
  access: "open",
  summary,
  query: verbose,
  answers: { 200: { means: "yes", type: TEXT }, 503: { means: "no", type: TEXT } },
});

const BACKEND = "/api/v1/pools/{pool}/backends/{backend}";
const UNKNOWN_BACKEND: Answer = { means: "there is no such pool or backend", schema: "Problem" };
const UNKNOWN_POOL: Answer = { means: "there is no such pool", schema: "Problem" };
const UNPROCESSABLE: Answer = { means: "what was sent can't be; with all its problems", schema: "Problem" };
const LEFT: Answer = { means: "done, and it still has sessions", schema: "Backend" };

export const operations: readonly Operation[] = [
  health("/livez", "whether the workers' heartbeats are under 10 s old"),
  health("/healthz", "the same as /livez"),
  health("/readyz", "whether it should get traffic"),
  {
    method: "GET",
    path: "/",
    access: "open",
    summary: "the dashboard",
    answers: {
      200: { means: "the page", type: "text/html" },
      404: { means: "the dashboard is off", schema: "Problem" },
    },
  },
  {
    method: "GET",
    path: "/assets/{file}",
    access: "open",
    summary: "a file of the dashboard",
    answers: {
      200: { means: "the file", type: "application/octet-stream" },
      404: { means: "there is none of that name", schema: "Problem" },
    },
  },
  {
    method: "GET",
    path: "/metrics",
    access: "metrics",
    summary: "metrics for Prometheus",
    answers: { 200: { means: "the metrics", type: TEXT } },
  },
  {
    method: "GET",
    path: "/api/v1/status",
    access: "read",
    summary: "how the process is doing",
    answers: { 200: { means: "the status", schema: "Status" } },
  },
  {
    method: "GET",
    path: "/api/v1/access",
    access: "open",
    summary: "what whoever asks may do here",
    answers: { 200: { means: "who they are taken for, and what they may", schema: "Access" } },
  },
  {
    method: "GET",
    path: "/api/v1/openapi.json",
    access: "open",
    summary: "this document",
    answers: { 200: { means: "an OpenAPI document", schema: "Any" } },
  },
  {
    method: "GET",
    path: "/api/v1/config",
    access: "read",
    summary: "the configuration in force, as a file has it, with secrets as they were written",
    answers: {
      200: { means: "the configuration", schema: "Any" },
      501: { means: "this program can't say it", schema: "Problem" },
    },
  },
  {
    method: "GET",
    path: "/api/v1/overrides",
    access: "read",
    summary: "what was set at run time",
    query: paging,
    answers: { 200: { means: "a page of them", schema: "OverridePage" } },
  },
  {
    method: "DELETE",
    path: "/api/v1/overrides/{pool}/{backend}",
    access: "change",
    summary: "back to what the configuration says of a backend",
    answers: {
      204: { means: "nothing is set any more" },
      404: UNKNOWN_BACKEND,
    },
  },
  {
    method: "GET",
    path: "/api/v1/listeners",
    access: "read",
    summary: "listeners with their figures",
    query: paging,
    answers: { 200: { means: "a page of them", schema: "ListenerPage" } },
  },
  {
    method: "GET",
    path: "/api/v1/pools",
    access: "read",
    summary: "pools with their backends and figures",
    query: paging,
    answers: { 200: { means: "a page of them", schema: "PoolPage" } },
  },
  {
    method: "GET",
    path: "/api/v1/pools/{pool}",
    access: "read",
    summary: "a pool with its backends and figures",
    answers: { 200: { means: "the pool", schema: "Pool" }, 404: UNKNOWN_POOL },
  },
  {
    method: "POST",
    path: "/api/v1/pools/{pool}/backends",
    access: "change",
    summary: "adds a backend",
    body: "NewBackend",
    answers: {
      201: { means: "added", schema: "Backend" },
      404: UNKNOWN_POOL,
      409: { means: "the pool has a backend of that name, or there is no place for more", schema: "Problem" },
      422: UNPROCESSABLE,
    },
  },
  {
    method: "GET",
    path: BACKEND,
    access: "read",
    summary: "a backend with its figures",
    answers: { 200: { means: "the backend", schema: "Backend" }, 404: UNKNOWN_BACKEND },
  },
  {
    method: "PATCH",
    path: BACKEND,
    access: "change",
    summary: "sets the state, the weight or the limit of a backend; idempotent",
    query: wait,
    body: "BackendChange",
    answers: {
      200: { means: "done; with `wait`, and no session is left", schema: "Backend" },
      202: LEFT,
      404: UNKNOWN_BACKEND,
      422: UNPROCESSABLE,
    },
  },
  {
    method: "DELETE",
    path: BACKEND,
    access: "change",
    summary: "removes a backend; its sessions may finish",
    query: wait,
    answers: { 200: { means: "done, and no session is left", schema: "Backend" }, 202: LEFT, 404: UNKNOWN_BACKEND },
  },
  {
    method: "GET",
    path: "/api/v1/sessions",
    access: "read",
    summary: "who is served now",
    query: {
      listener: { means: "of this listener", schema: WORDS },
      pool: { means: "of this pool", schema: WORDS },
      backend: { means: "of this backend: pool/name", schema: WORDS },
      client: { means: "of this IP address", schema: WORDS },
      minAge: { means: "at least so old, such as 30s", schema: WORDS },
      ...paging,
    },
    answers: { 200: { means: "a page of them", schema: "SessionPage" }, 422: UNPROCESSABLE },
  },
  {
    method: "DELETE",
    path: "/api/v1/sessions",
    access: "change",
    summary: "resets the sessions for which all holds that is given, at least one thing",
    query: {
      listener: { means: "of this listener", schema: WORDS },
      pool: { means: "of this pool", schema: WORDS },
      backend: { means: "of this backend: pool/name", schema: WORDS },
      client: { means: "of this IP address", schema: WORDS },
    },
    answers: { 200: { means: "how many there were", schema: "Closed" }, 422: UNPROCESSABLE },
  },
  {
    method: "GET",
    path: "/api/v1/sessions/{id}",
    access: "read",
    summary: "one session",
    answers: {
      200: { means: "the session", schema: "Session" },
      404: { means: "it has ended, or never was", schema: "Problem" },
    },
  },
  {
    method: "DELETE",
    path: "/api/v1/sessions/{id}",
    access: "change",
    summary: "resets one session",
    answers: {
      200: { means: "it is reset", schema: "Closed" },
      404: { means: "it has ended, or never was", schema: "Problem" },
    },
  },
  {
    method: "GET",
    path: "/api/v1/events",
    access: "read",
    summary: "server-sent events: history, then stats once a second, backend, config, audit",
    answers: {
      200: { means: "until one of both sides leaves", type: "text/event-stream" },
      503: { means: "too many listen", schema: "Problem" },
    },
  },
  {
    method: "POST",
    path: "/api/v1/reload",
    access: "change",
    summary: "reads the configuration anew",
    answers: {
      200: { means: "it is in force; what has changed", schema: "ReloadReport" },
      422: UNPROCESSABLE,
      501: { means: "there is no file to read", schema: "Problem" },
    },
  },
  {
    method: "POST",
    path: "/api/v1/drain",
    access: "change",
    summary: "stops accepting, waits for the sessions, and ends the program",
    answers: {
      202: { means: "it has begun", schema: "Status" },
      501: { means: "not possible here", schema: "Problem" },
    },
  },
  {
    method: "POST",
    path: "/api/v1/shutdown",
    access: "change",
    summary: "ends the program in order, as SIGTERM does",
    answers: {
      202: { means: "it has begun", schema: "Status" },
      501: { means: "not possible here", schema: "Problem" },
    },
  },
  {
    method: "PUT",
    path: "/api/v1/log-level",
    access: "change",
    summary: "sets the least level that is logged",
    body: "LogLevel",
    answers: { 200: { means: "it is set", schema: "LogLevel" }, 422: UNPROCESSABLE },
  },
  {
    method: "POST",
    path: "/login",
    access: "login",
    summary: "trades the token for a cookie, for the dashboard",
    body: "Login",
    answers: { 204: { means: "the cookie is set" } },
  },
  {
    method: "POST",
    path: "/logout",
    access: "login",
    summary: "ends a login",
    answers: { 204: { means: "the cookie means nothing any more" } },
  },
];

/** What its handler is found by: `GET /api/v1/status`. */
export function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}
