import type { BackendOptions } from "../config/options.ts";
import type { BackendStatus } from "./backend.ts";
import type { Actor, BackendChange, Override } from "./override.ts";

/**
 * The backends of a pool at run time. Every change is in force for the next session, and is told to listeners of
 * `audit` unless it changes nothing.
 */
export interface PoolHandle {
  readonly name: string;
  /** In the order in which they were added. */
  backends(): readonly BackendStatus[];
  /**
   * @param by who wants it, for `overrides` and the log; `api` by default, here and below.
   * @throws LbError `LB_CONFIG`, `LB_DUPLICATE_BACKEND`, `LB_TOO_MANY_BACKENDS`
   */
  add(backend: string | BackendOptions, by?: Actor): void;
  /** No new sessions; those it has may finish, or are reset, as the pool's onRemove says. @throws LbError `LB_UNKNOWN_BACKEND` */
  remove(name: string, by?: Actor): void;
  /**
   * Sets what is given; nothing happens where it is so already. What it sets lives until the configuration says something
   * else about the same thing; where it is what the configuration says, nothing is left to live.
   * @throws LbError `LB_UNKNOWN_BACKEND`, `LB_CONFIG`
   */
  change(name: string, change: BackendChange, by?: Actor): void;
  /**
   * Back to what the configuration says, membership included.
   * @returns whether anything was set. @throws LbError `LB_UNKNOWN_BACKEND`, `LB_TOO_MANY_BACKENDS`
   */
  restore(name: string, by?: Actor): boolean;
  /** What was set at run time, in the order in which it was. */
  overrides(): readonly Override[];
  /** No new sessions; those it has may finish, for as long as the pool's onDrain says; probes go on. @throws LbError `LB_UNKNOWN_BACKEND` */
  drain(name: string, by?: Actor): void;
  /** Ends `drain`. @throws LbError `LB_UNKNOWN_BACKEND` */
  ready(name: string, by?: Actor): void;
  /** @param weight 0 (no new sessions) to 256. @throws LbError `LB_UNKNOWN_BACKEND`, `LB_CONFIG` */
  weigh(name: string, weight: number, by?: Actor): void;
}
