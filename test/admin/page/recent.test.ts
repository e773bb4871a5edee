import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Recent } from "../../../src/admin/page/recent.ts";
import { overview, type Seen } from "./overviews.ts";

/** The rates of the backend and of the listener, and the times of its pool, after these. */
function after(...seen: readonly Seen[]) {
  const recent = new Recent();
  for (const each of seen) recent.add(overview(each));
  const { listeners, pools } = overview(seen.at(-1) ?? { second: 0 });
  const [listener] = listeners;
  const [pool] = pools;
  assert.ok(listener !== undefined && pool !== undefined);
  return { listener: recent.listener(listener), pool: recent.pool(pool), times: recent.times(pool, "dial") };
}

describe("Recent", () => {
  it("says nothing of one overview", () => {
    assert.deepEqual(after({ second: 100, sessions: 5 }).pool, { sessions: 0, bytesUp: 0, bytesDown: 0 });
  });

  it("gives rates by the server's own seconds", () => {
    const { pool, listener } = after(
      { second: 100, sessions: 10, bytesUp: 100, ends: { "client-finished": 10 } },
      { second: 104, sessions: 18, bytesUp: 500, ends: { "client-finished": 16, "no-backend": 2 } },
    );
    assert.deepEqual(pool, { sessions: 2, bytesUp: 100, bytesDown: 0 });
    assert.deepEqual(listener, { sessions: 2, bytesUp: 100, bytesDown: 0 });
  });

  it("forgets what is older than five seconds", () => {
    const seen = Array.from({ length: 20 }, (_, second) => ({ second, sessions: second < 10 ? 0 : (second - 10) * 3 }));
    assert.equal(after(...seen).pool.sessions, 3);
  });

  it("begins anew when lb-tcp has", () => {
    const { pool } = after(
      { second: 100, sessions: 1_000 },
      { second: 101, sessions: 3, startedAt: "2026-01-01T00:01:40.000Z" },
    );
    assert.equal(pool.sessions, 0);
  });

  it("never goes below nothing", () => {
    assert.equal(after({ second: 1, sessions: 9 }, { second: 2, sessions: 2 }).pool.sessions, 0);
  });

  it("takes the dial times of the last minute only", () => {
    const slow = { dialBuckets: [0, 0, 0, 0, 0, 0, 0, 0, 50] };
    const seen = Array.from({ length: 61 }, (_, second) => ({
      second,
      dialBuckets: [second, ...slow.dialBuckets.slice(1)],
    }));
    assert.deepEqual(after(...seen).times, { median: 0.5, p95: 0.95 });
  });
});
