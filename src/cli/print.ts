// lb-tcp print: files for where it runs, as the package has them.

import { readFileSync } from "node:fs";
import { didYouMean } from "../config/suggestion.ts";
import { configError, type Problem } from "../errors.ts";
import type { Run } from "./command-line.ts";
import { wordProblem } from "./word-problem.ts";

interface Topic {
  readonly name: string;
  /** By the word that asks for one of several; a topic of one file has none. */
  readonly files: readonly { readonly word?: string; readonly path: string }[];
}

/** What can be printed. Paths are those below src/cli/print. */
export const printTopics: readonly Topic[] = [
  { name: "docker", files: [{ path: "Dockerfile" }] },
  {
    name: "kubernetes",
    files: [
      { word: "deployment", path: "kubernetes/deployment.yaml" },
      { word: "sidecar", path: "kubernetes/sidecar.yaml" },
    ],
  },
  {
    name: "systemd",
    files: [
      { word: "service", path: "systemd/lb-tcp.service" },
      { word: "socket", path: "systemd/lb-tcp.socket" },
    ],
  },
  { name: "grafana", files: [{ path: "grafana.json" }] },
  { name: "alerts", files: [{ path: "alerts.yaml" }] },
];

/** Between two files of one kind: documents of YAML, sections of systemd. */
const SEPARATORS: Readonly<Record<string, string>> = { kubernetes: "---\n", systemd: "\n" };

/**
 * `lb-tcp print TOPIC [FILE]`: a file as it is shipped; without its word all of a topic, one after the other.
 *
 * @throws LbError `LB_CONFIG` for anything else
 */
export function printedText({ words, flags, problems }: Run): string {
  const [name, word, ...rest] = words;
  const refused = [...rest, ...Object.keys(flags).map((flag) => `--${flag}`)].map((each) =>
    wordProblem(each, "lb-tcp print takes a topic, and a file of it where it has several; leave it out"),
  );
  const topic = printTopics.find((each) => each.name === name);
  const files = topic?.files.filter((file) => word === undefined || file.word === word) ?? [];
  const wrong = topic === undefined ? [unknownTopic(name)] : files.length === 0 ? [unknownFile(topic, word)] : [];
  const all = [...problems, ...wrong, ...refused];
  if (topic === undefined || all.length > 0) throw configError(all);
  return files.map(({ path }) => shippedFile(path)).join(SEPARATORS[topic.name] ?? "");
}

function shippedFile(path: string): string {
  return readFileSync(new URL(`./print/${path}`, import.meta.url), "utf8");
}

function unknownTopic(name: string | undefined): Problem {
  const names = printTopics.map((topic) => topic.name);
  if (name === undefined) return { path: "lb-tcp print", message: `say what to print: ${listed(names)}` };
  return wordProblem(name, `there are ${listed(names)}${didYouMean(name, names)}`);
}

function unknownFile({ name, files }: Topic, word = ""): Problem {
  const known = files.flatMap((file) => file.word ?? []);
  if (known.length === 0) return wordProblem(word, `lb-tcp print ${name} takes nothing more; leave it out`);
  return wordProblem(word, `of ${name} there are ${listed(known)}${didYouMean(word, known)}`);
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
