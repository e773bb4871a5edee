import assert from "node:assert/strict";
import type { FileOptions } from "../../../src/config/file/file-schema.ts";
import { type FileResult, loadFile } from "../../../src/config/file/load-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function loadText(text: string, environment: Environment = {}): FileResult {
  return loadFile(text, "lb.yaml", environment);
}

/** What is wrong with a file, as a user reads it. */
export function problemsIn(text: string, environment: Environment = {}): string[] {
  const result = loadText(text, environment);
  return result.kind === "loaded" ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** What a good file says. */
export function optionsIn(text: string, environment: Environment = {}): FileOptions {
  const result = loadText(text, environment);
  assert.ok(result.kind === "loaded", problemsIn(text, environment).join("\n"));
  return result.file.options;
}

/** A file with one listener, whose other keys are these. */
export function listenerFile(keys: string): string {
  return `version: 1\npools: { web: { backends: [] } }\nlisteners:\n  web: { listen: ":80", ${keys} }\n`;
}

/** A file with one pool, whose other keys are these. */
export function poolFile(keys: string): string {
  return `version: 1\nlisteners: { web: { listen: ":80" } }\npools:\n  web: { ${keys} }\n`;
}
