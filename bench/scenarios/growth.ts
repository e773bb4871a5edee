// Whether what a connection costs depends on how much else there is.

import type { HolderCommand } from "../load/holder.ts";
import type { Metric, Readings } from "../measurement.ts";
import { measureRequestCpu } from "./request-cpu.ts";
import { isLbTcpOrHaproxy, type Scenario } from "./scenario.ts";

export const growthConnections: Scenario = {
  name: "growth-connections",
  title: "a connection for each request, and a request, while others are open and idle",
  metrics: ({ connectionSteps }) => [
    ...growthMetrics("connection", "µs a connection", connectionSteps, "open"),
    ...growthMetrics("request", "µs a request", connectionSteps, "open"),
  ],
  suits: isLbTcpOrHaproxy,
  async measure({ start, startLoad, effort }) {
    const subject = await start();
    const holder = startLoad("load/holder.js");
    const connections: number[] = [];
    const requests: number[] = [];
    for (const count of effort.connectionSteps) {
      const command: HolderCommand = { port: subject.port, count };
      await holder.ask<number>(command);
      connections.push((await measureRequestCpu(subject, effort, false)).cpuUs);
      requests.push((await measureRequestCpu(subject, effort, true)).cpuUs);
    }
    return {
      ...growthReadings("connection", effort.connectionSteps, connections),
      ...growthReadings("request", effort.connectionSteps, requests),
    };
  },
};

export const growthBackends: Scenario = {
  name: "growth-backends",
  title: "a connection for each request, by the number of backends, without probes",
  metrics: ({ backendSteps }) => growthMetrics("connection", "µs a connection", backendSteps, "backends"),
  suits: isLbTcpOrHaproxy,
  async measure({ start, manyBackends, effort }) {
    const costs: number[] = [];
    for (const count of effort.backendSteps) {
      const subject = await start({ backends: manyBackends(count), probes: false });
      costs.push((await measureRequestCpu(subject, effort, false)).cpuUs);
      await subject.stop();
    }
    return growthReadings("connection", effort.backendSteps, costs);
  },
};

function growthMetrics(key: string, unit: string, steps: readonly number[], what: string): Metric[] {
  const growth: Metric = { key: `${key}Growth`, label: "growth %", decimals: 1, comparedWith: [] };
  return [
    growth,
    ...steps.map((step, index) => ({
      key: `${key}At${step}`,
      label: index === 0 ? `${unit}, ${step} ${what}` : step.toLocaleString("en"),
      decimals: 1,
      comparedWith: [],
    })),
  ];
}

/** The growth is from the first step to the last, in per cent. */
function growthReadings(key: string, steps: readonly number[], costs: readonly number[]): Readings {
  const growth = ((costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN) - 1) * 100;
  const entries = steps.map((step, index) => [`${key}At${step}`, costs[index] ?? Number.NaN] as const);
  return { [`${key}Growth`]: growth, ...Object.fromEntries(entries) };
}
