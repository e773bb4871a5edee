// From samples to the figures of the table. Pure.

import type { Metric, ReferenceFamily, Sample } from "./measurement.ts";
import { median } from "./quantile.ts";
import { referenceName } from "./subjects/catalogue.ts";
import type { Subject } from "./subjects/subject.ts";

export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Median over the rotations of what this subject needed, divided by what the reference needed in the same one. */
  readonly ratios: Readonly<Partial<Record<ReferenceFamily, number>>>;
}

/** The figure of one subject; undefined where it was never measured. */
export function summarize(
  samples: readonly Sample[],
  scenario: string,
  { name, workers }: Pick<Subject, "name" | "workers">,
  { key, comparedWith }: Metric,
): Figure | undefined {
  const byRotation = (subject: string): Map<number, number> =>
    new Map(
      samples
        .filter((sample) => sample.scenario === scenario && sample.subject === subject)
        .map(({ rotation, readings }) => [rotation, readings[key] ?? Number.NaN]),
    );
  const own = byRotation(name);
  if (own.size === 0) return undefined;
  const ratios: Partial<Record<ReferenceFamily, number>> = {};
  for (const family of comparedWith) {
    const reference = byRotation(referenceName(workers, family));
    const pairs = [...own].flatMap(([rotation, value]) => {
      const divisor = reference.get(rotation);
      return divisor === undefined ? [] : [value / divisor];
    });
    if (pairs.length > 0) ratios[family] = median(pairs);
  }
  const values = [...own.values()];
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), ratios };
}
