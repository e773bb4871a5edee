import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backendFamilies } from "../../../src/admin/metrics/backend-families.ts";
import type { BackendStatus } from "../../../src/control/backend.ts";
import { NO_PROBES } from "../../../src/control/probe-counts.ts";
import { backendOf, poolOf, samplesOf } from "./figures.ts";

const labels = { pool: "web", backend: "a" };

function samples(name: string, some: Partial<BackendStatus>): unknown {
  return samplesOf(name, { pools: [poolOf({ backends: [backendOf(some)] })] });
}

/** The words of a label and what they say. */
function byWord(name: string, label: string, some: Partial<BackendStatus>): unknown {
  const all = samplesOf(name, { pools: [poolOf({ backends: [backendOf(some)] })] });
  return Object.fromEntries(all.map((sample) => [sample.labels[label], sample.value]));
}

describe("backendFamilies", () => {
  it("say what a backend has had and has", () => {
    assert.deepEqual(samples("lb_tcp_backend_sessions_total", { sessions: 7 }), [{ labels, value: 7 }]);
    assert.deepEqual(samples("lb_tcp_backend_sessions_active", { active: 3 }), [{ labels, value: 3 }]);
    assert.deepEqual(samples("lb_tcp_backend_weight", { weight: 5 }), [{ labels, value: 5 }]);
    assert.deepEqual(samples("lb_tcp_backend_ejections_total", { ejections: 2 }), [{ labels, value: 2 }]);
    assert.deepEqual(byWord("lb_tcp_backend_bytes_total", "direction", { bytesUp: 1, bytesDown: 2 }), {
      up: 1,
      down: 2,
    });
  });

  it("count dials by result", () => {
    const dials = { ok: 6, refused: 5, timeout: 4, reset: 3, unreachable: 2, local: 1 };
    assert.deepEqual(byWord("lb_tcp_backend_dials_total", "result", { dials }), dials);
  });

  it("have a 1 for the state that it is in", () => {
    const none = { ready: 0, drain: 0, maintenance: 0, down: 0, ejected: 0 };
    for (const state of ["ready", "drain", "maintenance", "down", "ejected"] as const) {
      assert.deepEqual(byWord("lb_tcp_backend_state", "state", { state }), { ...none, [state]: 1 });
    }
  });

  it("call it up unless something is wrong with it: what an operator wants of it is no illness", () => {
    const up = (["ready", "drain", "maintenance", "down", "ejected"] as const).map((state) => [
      state,
      samples("lb_tcp_backend_up", { state }),
    ]);
    assert.deepEqual(up, [
      ["ready", [{ labels, value: 1 }]],
      ["drain", [{ labels, value: 1 }]],
      ["maintenance", [{ labels, value: 1 }]],
      ["down", [{ labels, value: 0 }]],
      ["ejected", [{ labels, value: 0 }]],
    ]);
  });

  it("say of probes how many, how long and until when, where it is known", () => {
    const probes = { ...NO_PROBES, ok: 3, failed: 1, lastMs: 250, lastAt: "2026-01-01T00:00:00.000Z" };
    assert.deepEqual(byWord("lb_tcp_probes_total", "result", { probes }), { ok: 3, fail: 1 });
    assert.deepEqual(samples("lb_tcp_probe_last_seconds", { probes }), [{ labels, value: 0.25 }]);
    assert.deepEqual(samples("lb_tcp_probe_last_seconds", {}), []);
    assert.deepEqual(samples("lb_tcp_probe_certificate_expiry_seconds", { probes }), []);
    const certificateExpiresAt = "2027-01-01T00:00:00.000Z";
    assert.deepEqual(
      samples("lb_tcp_probe_certificate_expiry_seconds", { probes: { ...probes, certificateExpiresAt } }),
      [{ labels, value: 1_798_761_600 }],
    );
  });

  it("go on counting for one that was removed, and say nothing else of it", () => {
    const dials = { ok: 6, refused: 0, timeout: 0, reset: 0, unreachable: 0, local: 0 };
    const { name, active, probes, sessions, bytesUp, bytesDown, ejections } = backendOf({ name: "gone", active: 1 });
    const gone = { pool: "web", name, active, probes, dials, sessions, bytesUp, bytesDown, ejections };
    const of = (family: string) => samplesOf(family, { departed: [gone] });
    assert.deepEqual(of("lb_tcp_backend_sessions_active"), [{ labels: { pool: "web", backend: "gone" }, value: 1 }]);
    const said = backendFamilies.filter((family) => of(family.name).length > 0);
    assert.deepEqual(
      said.map((family) => family.name.replace("lb_tcp_", "")),
      [
        "backend_sessions_total",
        "backend_sessions_active",
        "backend_bytes_total",
        "backend_dials_total",
        "backend_ejections_total",
        "probes_total",
      ],
    );
  });
});
