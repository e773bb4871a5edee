import { systemCode } from "../../src/errors.ts";
import { withDeadline } from "../support/deadline.ts";

/** Clients that come one after another, several at once, until they are told to stop. */
export interface Traffic {
  /** Visits that went well so far. */
  readonly served: number;
  /** Resolves after so many more good visits. Gives up in the end (deadline.ts). */
  readonly more: (visits: number) => Promise<void>;
  /** Lets the last ones finish. @returns what went wrong. */
  readonly stop: () => Promise<readonly string[]>;
}

const CLIENTS = 4;

/** @param visit one client from its connection to its end; rejects when anything goes wrong. */
export function startTraffic(visit: () => Promise<void>): Traffic {
  const problems: string[] = [];
  const waiting = new Set<() => void>();
  let served = 0;
  let isStopped = false;

  async function run(): Promise<void> {
    while (!isStopped) {
      try {
        await visit();
        served++;
      } catch (error) {
        problems.push(systemCode(error) ?? String(error));
      }
      for (const check of waiting) check();
    }
  }

  const clients = Array.from({ length: CLIENTS }, run);
  return {
    get served() {
      return served;
    },
    async more(visits) {
      const target = served + visits;
      const reached = new Promise<void>((resolve) => {
        waiting.add(() => {
          if (served >= target) resolve();
        });
      });
      await withDeadline(reached, () => `${target} visits; ${served} went well, others not: ${problems.join(", ")}`);
    },
    async stop() {
      isStopped = true;
      await Promise.all(clients);
      return problems;
    },
  };
}
