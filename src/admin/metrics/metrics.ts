// What Prometheus reads: the figures of a balancer, taken when they are asked for.

import { setImmediate } from "node:timers/promises";
import { Registry } from "prom-client";
import { type Clock, systemClock } from "../../clock.ts";
import type { Balancer } from "../../control/balancer.ts";
import { backendFamilies } from "./backend-families.ts";
import { Family, type FamilyDefinition } from "./family.ts";
import { listenerFamilies } from "./listener-families.ts";
import { registerNodeMetrics } from "./node-metrics.ts";
import { poolFamilies } from "./pool-families.ts";
import { processFamilies } from "./process-families.ts";
import { scrapeOf } from "./scrape.ts";

export interface MetricsOptions {
  /** Of lb-tcp. */
  readonly version: string;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Names and labels are an API: test/admin/metrics/metrics.txt has them all. */
export interface Metrics {
  /** For the header of that name. */
  readonly contentType: string;
  /** In the text format of Prometheus. Who asks while it is being written gets the same. */
  text(): Promise<string>;
  /** Takes its hooks into Node away. */
  close(): void;
}

/** The metrics of a balancer, started or not, and those of Node. It may be asked also after the balancer's close. */
export function createMetrics(balancer: Pick<Balancer, "stats">, options: MetricsOptions): Metrics {
  const { version, clock = systemClock } = options;
  const registry = new Registry();
  let scrape = scrapeOf(balancer.stats());
  for (const definition of definitionsOf(version)) new Family(registry, definition, () => scrape);
  const unhook = registerNodeMetrics(registry, clock);
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  let running: Promise<string> | undefined;

  /** A family at a time: this thread may carry sessions, which do not wait for more than one. */
  async function write(): Promise<string> {
    scrape = scrapeOf(balancer.stats());
    const texts: string[] = [];
    for (const name of names) {
      await setImmediate();
      texts.push(await registry.getSingleMetricAsString(name));
    }
    return `${texts.join("\n")}\n`;
  }

  return {
    contentType: registry.contentType,
    text() {
      running ??= write().finally(() => {
        running = undefined;
      });
      return running;
    },
    close: unhook,
  };
}

/** Of lb-tcp's own metrics, in the order in which they are written. */
export function definitionsOf(version: string): readonly FamilyDefinition[] {
  return [...listenerFamilies, ...backendFamilies, ...poolFamilies, ...processFamilies(version)];
}
