// The dashboard for Grafana that the package brings.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { definitionsOf } from "../../src/admin/metrics/metrics.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { runProgram, skipReason } from "../support/programs.ts";
import { metricsIn, unknownIn } from "./promql.ts";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

// From dist/test/cli.
const FILE: URL = new URL("../../../src/cli/print/grafana.json", import.meta.url);
const dashboard: Dashboard = JSON.parse(readFileSync(FILE, "utf8"));
const targets = dashboard.panels.flatMap(({ targets: each = [] }) => each);
const expressions: readonly string[] = targets.map(({ expr }) => expr);
const queries: readonly string[] = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);

describe("the dashboard for Grafana", () => {
  it("names metrics, labels and words that there are", () => {
    assert.ok(expressions.length > 30);
    assert.deepEqual([...expressions, ...queries].flatMap(unknownIn), []);
  });

  it("shows every metric", () => {
    const shown = metricsIn(expressions);
    const missing = definitionsOf("").filter(({ name }) => !shown.has(name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  it("names lines by labels that they have", () => {
    for (const { expr, legendFormat } of targets) {
      const grouping = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(/,\s*/);
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.ok(grouping?.includes(label) ?? ["instance", "worker"].includes(label), `${label} in ${expr}`);
      }
    }
  });

  it("asks for its data source and its variables by name, of which it has each", () => {
    const names = dashboard.templating.list.map(({ name }) => name);
    for (const panel of dashboard.panels.filter(({ type }) => type !== "row")) {
      assert.equal(panel.datasource?.uid, "${datasource}", panel.title);
    }
    for (const text of [...expressions, ...queries, "${datasource}"]) {
      for (const [, braced, plain] of text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
        const name = braced ?? plain ?? "";
        assert.ok(names.includes(name) || name === "__rate_interval", `${name} in ${text}`);
      }
    }
  });

  it("puts no panel over another", () => {
    const taken = new Map<string, string>();
    for (const { id, title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          const before = taken.get(`${x} ${y}`);
          assert.equal(before, undefined, `${title} over ${before}`);
          taken.set(`${x} ${y}`, `${id} ${title}`);
        }
      }
    }
    const ids = dashboard.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("asks in PromQL, as promtool reads it", { skip: skipReason("promtool") }, async () => {
    const folder = makeTemporaryFolder("grafana");
    try {
      const rules = expressions.map((expr, index) => ({
        record: `expression_${index}`,
        expr: expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$\w+/g, ".*"),
      }));
      const path = join(folder, "rules.yaml");
      writeFileSync(path, JSON.stringify({ groups: [{ name: "grafana", rules }] }));
      const { code, stderr } = await runProgram("promtool", ["check", "rules", path]);
      assert.deepEqual([code, stderr], [0, ""]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
