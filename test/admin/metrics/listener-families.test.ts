import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rejections } from "../../../src/admin/metrics/listener-families.ts";
import { endReasons, ends } from "../../../src/session/end.ts";
import { ZERO_LANE } from "../../../src/session/lane-counts.ts";
import { listenerOf, samplesOf } from "./figures.ts";

const listeners = [
  listenerOf({
    name: "in",
    active: 4,
    ends: { "client-finished": 2, denied: 3 },
    answers: { 404: 1, 503: 2 },
    pools: [
      { ...ZERO_LANE, pool: null, ends: { denied: 3 } },
      { ...ZERO_LANE, pool: "web", ends: { "client-finished": 2 }, bytesUp: 10, bytesDown: 20 },
    ],
  }),
];

describe("listenerFamilies", () => {
  it("count sessions by listener, pool and end", () => {
    assert.deepEqual(samplesOf("lb_tcp_sessions_total", { listeners }), [
      { labels: { listener: "in", pool: "", end: "denied" }, value: 3 },
      { labels: { listener: "in", pool: "web", end: "client-finished" }, value: 2 },
    ]);
    assert.deepEqual(samplesOf("lb_tcp_sessions_active", { listeners }), [{ labels: { listener: "in" }, value: 4 }]);
  });

  it("count clients turned away by reason, each of them from the beginning", () => {
    const samples = samplesOf("lb_tcp_rejected_total", { listeners });
    assert.deepEqual(
      samples.map(({ labels }) => labels["reason"]),
      rejections,
    );
    assert.deepEqual(
      samples.filter(({ value }) => value > 0),
      [{ labels: { listener: "in", reason: "denied" }, value: 3 }],
    );
  });

  it("count own answers by status", () => {
    assert.deepEqual(samplesOf("lb_tcp_http_responses_total", { listeners }), [
      { labels: { listener: "in", code: "404" }, value: 1 },
      { labels: { listener: "in", code: "503" }, value: 2 },
    ]);
  });

  it("count bytes by direction", () => {
    assert.deepEqual(samplesOf("lb_tcp_bytes_total", { listeners }).slice(2), [
      { labels: { listener: "in", pool: "web", direction: "up" }, value: 10 },
      { labels: { listener: "in", pool: "web", direction: "down" }, value: 20 },
    ]);
  });
});

describe("rejections", () => {
  it("are ends, none of them orderly and none of them a backend's doing", () => {
    for (const end of rejections) {
      assert.ok(endReasons.includes(end));
      assert.ok(!ends[end].orderly, end);
      assert.notEqual(ends[end].by, "backend", end);
    }
  });
});
