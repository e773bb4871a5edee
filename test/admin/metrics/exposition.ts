// The text format of Prometheus, version 0.0.4, read more strictly than Prometheus does.
// https://prometheus.io/docs/instrumenting/exposition_formats/

import assert from "node:assert/strict";

export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ExposedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ExposedSample[];
}

const NAME = "[a-zA-Z_][a-zA-Z0-9_]*";
const HEAD = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${NAME}="(?:[^"\\\\]|\\\\.)*",?)*)\\})? (-?[0-9.e+-]+|\\+Inf)$`);
const LABEL = new RegExp(`(${NAME})="((?:[^"\\\\]|\\\\.)*)"`, "g");

/** Fails where a family is not in one piece, lacks help or type, says a series twice, or has samples of another name. */
export function parseExposition(text: string): readonly ExposedFamily[] {
  assert.ok(text.endsWith("\n"), "it ends with a newline");
  const families: { name: string; help: string; type: string; samples: ExposedSample[] }[] = [];
  const series = new Set<string>();
  for (const line of text.split("\n").slice(0, -1)) {
    const [, word, name = "", rest = ""] = HEAD.exec(line) ?? [];
    const family = families.at(-1);
    if (word === "HELP") {
      assert.ok(!families.some((each) => each.name === name), `${name} comes once`);
      families.push({ name, help: rest, type: "", samples: [] });
    } else if (word === "TYPE") {
      assert.ok(family?.name === name && family.type === "", `the type follows the help: ${line}`);
      family.type = rest;
    } else {
      const sample = sampleOf(line);
      assert.ok(family !== undefined && namesOf(family).includes(sample.name), `${line} is where it belongs`);
      const key = `${sample.name}${JSON.stringify(sample.labels, Object.keys(sample.labels).sort())}`;
      assert.ok(!series.has(key), `${line} comes once`);
      series.add(key);
      family.samples.push(sample);
    }
  }
  return families;
}

function sampleOf(line: string): ExposedSample {
  const match = SAMPLE.exec(line);
  assert.ok(match !== null, `a sample: ${line}`);
  const [, name = "", labels = "", value = ""] = match;
  return { name, labels: parseLabels(labels), value: value === "+Inf" ? Infinity : Number(value) };
}

/** Of `pool="web",backend="a"`. */
export function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(LABEL)].map(([, label = "", value = ""]) => [label, unescaped(value)] as const);
  assert.equal(new Set(pairs.map(([label]) => label)).size, pairs.length, `each label once: ${text}`);
  return Object.fromEntries(pairs);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}

function namesOf({ name, type }: ExposedFamily): readonly string[] {
  return type === "histogram" ? ["bucket", "sum", "count"].map((part) => `${name}_${part}`) : [name];
}

/** What a series says, by the labels that are given. Fails where there is none, or more than one. */
export function valueOf(
  families: readonly ExposedFamily[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = families
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
  assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}: ${JSON.stringify(found)}`);
  return found[0]?.value ?? Number.NaN;
}
