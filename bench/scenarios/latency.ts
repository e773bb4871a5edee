import type { OpenLoopCommand, OpenLoopResult } from "../load/open-loop.ts";
import { isBalancer, type Scenario } from "./scenario.ts";

const CONNECTIONS = 50;
/** Above it, the generator is what is measured. */
const MOST_GENERATOR_LOAD = 0.9;

export const latency: Scenario = {
  name: "latency",
  title: "open loop at half of HAProxy's most, from the intended time",
  metrics: () => [
    { key: "p99Us", label: "p99 µs", decimals: 0, comparedWith: ["haproxy"] },
    { key: "p50Us", label: "p50 µs", decimals: 0, comparedWith: ["haproxy"] },
    { key: "p999Us", label: "p99.9 µs", decimals: 0, comparedWith: ["haproxy"] },
    { key: "ratePerS", label: "requests/s", decimals: 0, comparedWith: [] },
    { key: "latenessP99Us", label: "sent late p99 µs", decimals: 0, comparedWith: [] },
    { key: "generatorLoad", label: "generator's CPU", decimals: 2, comparedWith: [] },
  ],
  suits: (subject) => isBalancer(subject) || subject.family === "direct",
  async measure({ start, startLoad, effort, fixedRatePerS }) {
    const ratePerS = await fixedRatePerS();
    const { port } = await start();
    const command: OpenLoopCommand = {
      port,
      connections: CONNECTIONS,
      ratePerS,
      warmUpMs: effort.warmUpSeconds * 1_000,
      durationMs: effort.loadSeconds * 1_000,
      protocol: "http",
    };
    const result = await startLoad("load/open-loop.js").ask<OpenLoopResult>(command);
    if (result.generatorLoad > MOST_GENERATOR_LOAD) {
      throw new Error(`the generator used ${result.generatorLoad.toFixed(2)} of a core: it would be what is measured`);
    }
    const { p50Us, p99Us, p999Us, latenessP99Us, generatorLoad } = result;
    return { p50Us, p99Us, p999Us, latenessP99Us, generatorLoad, ratePerS };
  },
};
