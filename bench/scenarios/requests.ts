// The three loads of small requests: over kept connections, over a connection for each, and that with a log.

import type { Metric } from "../measurement.ts";
import { measureRequestCpu } from "./request-cpu.ts";
import { isBalancer, isLbTcpOrHaproxy, type Scenario } from "./scenario.ts";

function metrics(unit: string): Metric[] {
  return [
    { key: "cpuUs", label: `CPU µs a ${unit}`, decimals: 2, comparedWith: ["haproxy"] },
    { key: "machineUs", label: "machine µs", decimals: 1, comparedWith: [] },
    { key: "requestsPerS", label: `${unit}s/s`, decimals: 0, comparedWith: [] },
  ];
}

export const keepAlive: Scenario = {
  name: "keep-alive",
  title: "requests over 50 kept connections",
  metrics: () => metrics("request"),
  suits: isBalancer,
  measure: async ({ start, effort }) => ({ ...(await measureRequestCpu(await start(), effort, true)) }),
};

export const connectionEach: Scenario = {
  name: "connection",
  title: "a connection for each request, 50 at once",
  metrics: () => metrics("connection"),
  suits: isBalancer,
  measure: async ({ start, effort }) => ({ ...(await measureRequestCpu(await start(), effort, false)) }),
};

export const accessLog: Scenario = {
  name: "access-log",
  title: "the same, lb-tcp writing an access line for each to a file, HAProxy without a log",
  metrics: () => metrics("connection"),
  suits: isLbTcpOrHaproxy,
  measure: async ({ start, effort }) => ({
    ...(await measureRequestCpu(await start({ accessLog: true }), effort, false)),
  }),
};
