// A metric whose samples are made when it is read: what they count is counted elsewhere.

import { Gauge, type Registry } from "prom-client";
import { type Labels, NO_LABELS } from "./labels.ts";
import type { Scrape } from "./scrape.ts";

export interface Sample {
  readonly labels: Labels;
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
  read(scrape: Scrape): readonly Sample[];
}

/**
 * A definition as a metric of prom-client, which has no public way to set a counter or to fill a histogram. Its registry
 * asks a metric for its samples by `get`, and what is called `sharedLabels` there it turns into text once.
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
    const values = this.#definition
      .read(this.#scrape())
      .map(({ labels, value, metricName }) => ({ labels: NO_LABELS, sharedLabels: labels, value, metricName }));
    Object.assign(metric, { type: this.#definition.kind, values });
    return metric;
  }
}
