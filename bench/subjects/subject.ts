// What is measured: a balancer that a scenario can start, whatever it is.

import type { Listening } from "../port.ts";

/** What a scenario wants of a balancer. */
export interface Setup {
  /** `ip:port`, all different. */
  readonly backends: readonly string[];
  /** Every session leaves a line in a file. Only lb-tcp does it; the others stay without a log. */
  readonly accessLog?: boolean;
  /** The head of each first request is read and routed by, and this is what happens after it. Only lb-tcp does it. */
  readonly peeking?: "sticky" | "close";
  /** Probes on, unless a scenario would measure them instead of what it is about. Only lb-tcp has any. */
  readonly probes?: boolean;
  /** For configuration and logs; nobody else writes there. */
  readonly folder: string;
}

/** A balancer that accepts connections. Its `pid` is 0 for no balancer at all. */
export type RunningSubject = Listening;

export type Family = "lb-tcp" | "haproxy" | "haproxy-splice" | "nginx" | "go" | "direct";

export interface Subject {
  /** Unique, and as one writes it after `--subjects`. */
  readonly name: string;
  readonly family: Family;
  /** Threads or processes that carry connections: compared with HAProxy's `nbthread` of the same number. */
  readonly workers: number;
  /** Rejects with a reason for people when it can't be had here. */
  start(setup: Setup): Promise<RunningSubject>;
}
