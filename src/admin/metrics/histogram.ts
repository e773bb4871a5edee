// A histogram in the shape of Prometheus: cumulated buckets in seconds, a sum and a count.

import { bucketBoundsMs, type HistogramCounts } from "../../session/counters.ts";
import type { Sample } from "./family.ts";
import { withLabel } from "./labels.ts";

const bounds: readonly string[] = [...bucketBoundsMs.map((boundMs) => String(boundMs / 1_000)), "+Inf"];

/** The samples of one series of the histogram `name`. */
export function histogramSamples(name: string, labels: string, counts: HistogramCounts): readonly Sample[] {
  let total = 0;
  const buckets = bounds.map((bound, index): Sample => {
    total += counts.buckets[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: withLabel(labels, "le", bound), value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: counts.sumMs / 1_000 },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
