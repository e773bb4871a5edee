// .github/METRICS.md, held against the metrics.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { FamilyDefinition } from "../src/admin/metrics/family.ts";
import { definitionsOf } from "../src/admin/metrics/metrics.ts";

// From dist/test.
const FILE: URL = new URL("../../.github/METRICS.md", import.meta.url);

function row({ name, kind, labels, help }: FamilyDefinition): string {
  return `| \`${name}\` | ${kind} | ${labels.join(", ")} | ${help} |`;
}

describe(".github/METRICS.md", () => {
  it("has every metric, with its labels and its help", () => {
    const text = readFileSync(FILE, "utf8");
    const rows = text.split("\n").filter((line) => line.startsWith("| `lb_tcp_"));
    assert.deepEqual(rows, definitionsOf("").map(row));
  });
});
