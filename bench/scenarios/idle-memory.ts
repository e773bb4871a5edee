import { setTimeout as sleep } from "node:timers/promises";
import type { HolderCommand } from "../load/holder.ts";
import { treeResidentBytes } from "../proc/process-tree.ts";
import { isBalancer, type Scenario } from "./scenario.ts";

/** For ends to arrive, and for a collector to do what it does when idle. */
const SETTLE_MS = 2_000;

export const idleMemory: Scenario = {
  name: "memory",
  title: "resident memory for an idle connection that has had one request",
  // From a cold start first: who keeps the memory of a peak for later needs next to none the second time.
  metrics: ({ mostConnections }) => [
    {
      key: "coldKib",
      label: `KiB from 0 to ${mostConnections.toLocaleString("en")}, cold`,
      decimals: 2,
      comparedWith: ["haproxy"],
    },
    { key: "afterPeakKib", label: "KiB again, after that peak", decimals: 2, comparedWith: ["haproxy"] },
    { key: "restingMib", label: "MiB with none", decimals: 1, comparedWith: [] },
  ],
  suits: isBalancer,
  async measure({ start, startLoad, effort }) {
    const { port, pid } = await start();
    const holder = startLoad("load/holder.js");
    const hold = async (count: number): Promise<number> => {
      const command: HolderCommand = { port, count };
      await holder.ask<number>(command);
      await sleep(SETTLE_MS);
      return treeResidentBytes(pid);
    };
    const count = effort.mostConnections;
    const cold = await hold(0);
    const peak = await hold(count);
    const warm = await hold(0);
    const again = await hold(count);
    return {
      afterPeakKib: (again - warm) / count / 1024,
      coldKib: (peak - cold) / count / 1024,
      restingMib: cold / 2 ** 20,
    };
  },
};
