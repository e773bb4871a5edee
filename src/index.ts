// The library's public face.

export type { PolicyCandidate, PolicyFunction, PolicyName } from "./balance/policy.ts";
export type {
  AccessLog,
  BackendOptions,
  BalancerOptions,
  DialMode,
  EjectionOptions,
  ListenerOptions,
  LogFormat,
  LogLevel,
  LogOptions,
  Lookup,
  MsOrOff,
  PoolOptions,
  ProbeFunction,
  ProbeOptions,
  ProbeTarget,
  TransportChoice,
} from "./config/options.ts";
export type { BackendStatus } from "./control/backend.ts";
export type { Balancer } from "./control/balancer.ts";
export { createBalancer } from "./control/balancer.ts";
export type { EndpointState, EndpointStatus } from "./control/endpoint.ts";
export type { LaneStats } from "./control/lanes.ts";
export type { CloseOptions, CloseReport, LifecycleState, ListeningAddress } from "./control/lifecycle.ts";
export type { PoolHandle } from "./control/pool.ts";
export type { LiveSession, SessionFilter, SessionPage, SessionQuery } from "./control/sessions.ts";
export type { ListenerStats, PoolStats, Stats } from "./control/stats.ts";
export type { ErrorCode, ErrorDetails, Problem } from "./errors.ts";
export { LbError } from "./errors.ts";
export type { BackendEvent } from "./observe/events.ts";
export type { DialResult, HistogramCounts, HistogramName, RowCounts } from "./session/counters.ts";
export type { EndDescription, EndReason } from "./session/end.ts";
export { endReasons, ends } from "./session/end.ts";
export type { FailedDial, SessionRecord } from "./session/record.ts";
