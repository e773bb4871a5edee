import type { LoadProcess } from "../load/load-process.ts";
import type { Metric, Readings } from "../measurement.ts";
import type { RunningSubject, Setup, Subject } from "../subjects/subject.ts";

/** How long and how much, for a full run or a quick one. */
export interface Effort {
  readonly warmUpSeconds: number;
  readonly loadSeconds: number;
  /** Of the big file, one after the other. */
  readonly downloads: number;
  /** Idle ones, for memory and growth. */
  readonly mostConnections: number;
  readonly connectionSteps: readonly number[];
  readonly backendSteps: readonly number[];
}

/** What scenarios find around them. Whatever they start through it is ended when the measurement is over. */
export interface Lab {
  readonly effort: Effort;
  /** `ip:port` of the HTTP backends: two that every subject balances over. */
  readonly backends: readonly string[];
  /** Requests a second of the latency scenario; measured on HAProxy once and then the same for all. */
  readonly fixedRatePerS: () => Promise<number>;
  /** The subject that is measured, behind it what the scenario wants. */
  readonly start: (setup?: Partial<Omit<Setup, "folder">>) => Promise<RunningSubject>;
  /** That many HTTP backends, of which the first are `backends`. */
  readonly manyBackends: (count: number) => readonly string[];
  readonly startLoad: (module: string) => LoadProcess;
}

export interface Scenario {
  /** Unique, and as one writes it after `--only`. */
  readonly name: string;
  /** What is done, for the table. */
  readonly title: string;
  /** The first one is what the scenario is about. */
  readonly metrics: (effort: Effort) => readonly Metric[];
  /** Which subjects take part. */
  readonly suits: (subject: Subject) => boolean;
  /** @throws Error when it can't be measured; the reason goes into the table. */
  measure(lab: Lab): Promise<Readings>;
}

/** Everything that is a balancer and reads its advice; who is told to splice always is a rival in bulk only. */
export function isBalancer({ family }: Subject): boolean {
  return family !== "direct" && family !== "haproxy-splice";
}

/** For what takes long, and is asked of lb-tcp: it and its reference. */
export function isLbTcpOrHaproxy({ family }: Subject): boolean {
  return family === "lb-tcp" || family === "haproxy";
}
