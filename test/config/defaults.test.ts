import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULT_LISTENER, DEFAULT_POOL, defaults } from "../../src/config/defaults.ts";
import { nameProblem } from "../../src/config/name.ts";

function assertBefore(earlierMs: number, laterMs: number): void {
  assert.ok(earlierMs < laterMs);
}

describe("defaults", () => {
  it("gives a dial's deadline room for more than one dial", () => {
    assertBefore(defaults.pool.dialTimeoutMs, defaults.pool.dialDeadlineMs);
  });

  it("probes a backend again only after the last probe has timed out", () => {
    assertBefore(defaults.probe.timeoutMs, defaults.probe.intervalMs);
  });

  it("ends before Kubernetes kills, which is after 30 s", () => {
    assertBefore(defaults.process.shutdownDelayMs + defaults.process.drainTimeoutMs, 30_000);
  });

  it("names the pool and the listener of the flags as users may name theirs", () => {
    for (const name of [DEFAULT_POOL, DEFAULT_LISTENER]) assert.equal(nameProblem(name), undefined);
  });
});
