// The library's public face.

export type { Admin, AdminActions } from "./admin/admin.ts";
export { createAdmin } from "./admin/admin.ts";
export type { PolicyCandidate, PolicyFunction, PolicyName } from "./balance/policy.ts";
export type { AccessOptions, PerClientOptions } from "./config/access-options.ts";
export type { AdminOptions, DashboardMode, MetricsAccess, ReadyWhen } from "./config/admin-options.ts";
export type { OnDown, OnDrainOptions, OnUp, SlowStartOptions } from "./config/health-options.ts";
export type {
  AccessLog,
  BackendOptions,
  BalancerOptions,
  DialMode,
  EjectionOptions,
  ListenerOptions,
  LogFormat,
  LogIgnoreOptions,
  LogLevel,
  LogOptions,
  Lookup,
  MsOrOff,
  OnRemove,
  PoolOptions,
  QueueOptions,
  ResolveMode,
  TransportChoice,
} from "./config/options.ts";
export type {
  ForwardedHeaders,
  ForwardedOptions,
  HttpKeepAlive,
  PeekOptions,
  PeekWord,
} from "./config/peek-options.ts";
export type {
  ProbeFunction,
  ProbeOptions,
  ProbeStatus,
  ProbeStepOptions,
  ProbeTarget,
  ProbeType,
  ReadyScript,
} from "./config/probe-options.ts";
export type { AcceptProxyOptions, AcceptProxyPolicy, ProxyVersion, SendProxyOptions } from "./config/proxy-options.ts";
export type { OneOrMany, RouteConditionOptions, RouteOptions } from "./config/route-options.ts";
export type { WebhookEvent, WebhookOptions } from "./config/webhook-options.ts";
export type { ListeningAddress } from "./control/addresses.ts";
export type { BackendStatus } from "./control/backend.ts";
export type { Balancer } from "./control/balancer.ts";
export { createBalancer } from "./control/balancer.ts";
export type { DepartedBackend } from "./control/departed.ts";
export type { EndpointState, EndpointStatus } from "./control/endpoint.ts";
export type { LaneStats } from "./control/lanes.ts";
export type { CloseOptions, CloseReport, LifecycleState } from "./control/lifecycle.ts";
export type { Actor, BackendChange, OperatorState, Override } from "./control/override.ts";
export type { PoolHandle } from "./control/pool-handle.ts";
export type { ProbeCounts } from "./control/probe-counts.ts";
export type { NameChanges, ReloadReport } from "./control/reload-report.ts";
export type { ConfigStats, ReloadOptions, ReloadSource } from "./control/reloads.ts";
export type { LiveSession, SessionFilter, SessionPage, SessionQuery } from "./control/sessions.ts";
export type { ListenerStats, PoolStats, Stats, Summary, WorkerStats } from "./control/stats.ts";
export type { ErrorCode, ErrorDetails, Problem } from "./errors.ts";
export { LbError } from "./errors.ts";
export type { AuditEvent, BackendEvent, ReloadEvent } from "./observe/events.ts";
export type { Peeked, Protocol } from "./route/peeked.ts";
export type { Rejection, RouteFunction } from "./route/rule.ts";
export type { DialResult, HistogramCounts, HistogramName, RowCounts } from "./session/counters.ts";
export type { EndDescription, EndReason } from "./session/end.ts";
export { endReasons, ends } from "./session/end.ts";
export type { FailedDial, SessionRecord } from "./session/record.ts";
export type { SocketAddress } from "./wire/address.ts";
export type { ClientHello } from "./wire/client-hello.ts";
export type { Http1Head, Http1Header } from "./wire/http1-head.ts";
export type { ProxyHeader, ProxyTlv } from "./wire/proxy-header.ts";
export type { SmugglingShape } from "./wire/smuggling.ts";
