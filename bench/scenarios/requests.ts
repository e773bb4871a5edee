// The loads of small requests: over kept connections, over a connection for each, and these with a log or with a route.

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

export const peekedKeepAlive: Scenario = {
  name: "peeked-keep-alive",
  title: "requests over 50 kept connections, lb-tcp choosing a route by the first of each, HAProxy in TCP mode",
  metrics: () => metrics("request"),
  suits: isLbTcpOrHaproxy,
  measure: async ({ start, effort }) => ({
    ...(await measureRequestCpu(await start({ peeking: "sticky" }), effort, true)),
  }),
};

export const peekedConnection: Scenario = {
  name: "peeked-connection",
  title: "a connection for each request, lb-tcp choosing a route by it, HAProxy in TCP mode",
  metrics: () => metrics("connection"),
  suits: isLbTcpOrHaproxy,
  measure: async ({ start, effort }) => ({
    ...(await measureRequestCpu(await start({ peeking: "sticky" }), effort, false)),
  }),
};

export const rewrittenConnection: Scenario = {
  name: "rewritten-connection",
  title: "the same, lb-tcp writing the head anew (http-keep-alive close)",
  metrics: () => metrics("connection"),
  suits: isLbTcpOrHaproxy,
  measure: async ({ start, effort }) => ({
    ...(await measureRequestCpu(await start({ peeking: "close" }), effort, false)),
  }),
};
