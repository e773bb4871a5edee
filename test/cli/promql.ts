// Which metrics and labels an expression of PromQL names, held against those that there are.

import { rejections } from "../../src/admin/metrics/listener-families.ts";
import { definitionsOf } from "../../src/admin/metrics/metrics.ts";
import { dialResults } from "../../src/session/counters.ts";
import { endReasons } from "../../src/session/end.ts";

/** What Prometheus adds to every series, and Grafana asks for. */
const ADDED = ["instance", "job"];
/** Those of Node's that anybody needs: prom-client's names. */
const NODE = ["process_cpu_seconds_total", "process_resident_memory_bytes"];

const WORDS: Readonly<Record<string, readonly string[]>> = {
  end: endReasons,
  reason: rejections,
  direction: ["up", "down"],
  state: ["ready", "drain", "maintenance", "down", "ejected"],
  result: [...dialResults, "fail", "failed"],
};

/** A line for each name that means nothing. */
export function unknownIn(expression: string): readonly string[] {
  const labels = new Set(ADDED);
  const problems: string[] = [];
  for (const [, name = "", matchers = ""] of expression.matchAll(
    /\b((?:lb_tcp|process|nodejs)_\w+)(?:\{([^}]*)\})?/g,
  )) {
    const own = labelsOf(name);
    if (own === undefined) problems.push(`no metric ${name}`);
    for (const label of own ?? []) labels.add(label);
    for (const [, label = "", texts = ""] of matchers.matchAll(/(\w+)\s*[=!]~?\s*"([^"]*)"/g)) {
      if (!(own ?? []).includes(label) && !ADDED.includes(label)) problems.push(`${name} has no label ${label}`);
      for (const text of texts.split("|")) {
        if (WORDS[label]?.includes(text) === false) problems.push(`${name} has no ${label} ${text}`);
      }
    }
  }
  for (const [, list = ""] of expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)) {
    for (const label of list.split(",").map((each) => each.trim())) {
      if (!labels.has(label)) problems.push(`no label ${label} in ${expression}`);
    }
  }
  return problems;
}

/** The names of metrics that expressions use. */
export function metricsIn(expressions: readonly string[]): ReadonlySet<string> {
  const names = expressions.flatMap((each) => [...each.matchAll(/\blb_tcp_\w+/g)].map(([name]) => familyOf(name)));
  return new Set(names);
}

function labelsOf(name: string): readonly string[] | undefined {
  if (NODE.includes(name)) return [];
  const family = definitionsOf("").find((each) => each.name === familyOf(name));
  // Of a histogram there are parts only.
  if (family === undefined || (family.kind === "histogram" && family.name === name)) return undefined;
  return name.endsWith("_bucket") ? [...family.labels, "le"] : family.labels;
}

function familyOf(name: string): string {
  return name.replace(/(_seconds)_(?:bucket|sum|count)$/, "$1");
}
