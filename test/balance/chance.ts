import assert from "node:assert/strict";
import { sum } from "./backends.ts";

/** That counts which chance made are in proportion to the weights: each within four standard deviations. */
export function assertShares(counts: readonly number[], weights: readonly number[]): void {
  const draws = sum(counts);
  counts.forEach((count, index) => {
    const share = (weights[index] ?? 0) / sum(weights);
    const deviation = Math.sqrt(draws * share * (1 - share));
    const message = `${count} of ${draws} instead of ${draws * share} ± ${4 * deviation} for number ${index}`;
    assert.ok(Math.abs(count - draws * share) <= 4 * deviation, message);
  });
}
