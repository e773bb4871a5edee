import type { Subject } from "./subject.ts";

/** No balancer: what clients and backends cost by themselves, and how much of a latency is the measurement's own. */
export const directSubject: Subject = {
  name: "direct",
  family: "direct",
  workers: 1,
  start({ backends }) {
    const port = Number(backends[0]?.split(":")[1]);
    return Promise.resolve({ port, pid: 0, lastWords: () => "", stop: () => Promise.resolve() });
  },
};
