// A metric whose samples are made when it is read: what they count is counted elsewhere.

import { Gauge, type Registry } from "prom-client";
import type { Scrape } from "./scrape.ts";

export interface Sample {
  /** As labelText() makes it; empty where there are none. */
  readonly labels: string;
  readonly value: number;
  /** Where it is not the family's own name: of a histogram's parts. */
  readonly metricName?: string;
}

/** All series of one name. Durations are in seconds, labels are configured names or words of closed sets. */
export interface FamilyDefinition {
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  readonly read: (scrape: Scrape) => readonly Sample[];
}

const NO_LABELS: Readonly<Record<string, string>> = {};

/**
 * A definition as a metric of prom-client, which has no public way to set a counter or to fill a histogram: its registry
 * asks a metric for its samples by `get`. They are handed over as names with their labels, which are text already: once for a
 * backend, not for each of its series.
 */
export class Family extends Gauge {
  readonly #definition: FamilyDefinition;
  readonly #scrape: () => Scrape;

  /** @param scrape What is read now. */
  constructor(registry: Registry, definition: FamilyDefinition, scrape: () => Scrape) {
    const { name, help, labels } = definition;
    super({ name, help, labelNames: labels, registers: [registry] });
    this.#definition = definition;
    this.#scrape = scrape;
  }

  override async get(): ReturnType<Gauge["get"]> {
    const metric = await super.get();
    const { name: own, kind, read } = this.#definition;
    const values = read(this.#scrape()).map(({ labels, value, metricName: name = own }) => ({
      metricName: labels === "" ? name : `${name}{${labels}}`,
      labels: NO_LABELS,
      value,
    }));
    Object.assign(metric, { type: kind, values });
    return metric;
  }
}
