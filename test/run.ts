// Runs the test files that tsc emitted. Node 20 strips no types and knows no globs, and `node --test FOLDER` takes every
// file in a folder called test for a test; so the files are found here and named one by one.
//
//   node dist/test/run.js                 all of them
//   node dist/test/run.js e2e/ balance    those whose path contains one of the arguments
//
// With FAILED_FILES=PATH it writes there which files failed.

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

// Two per core on a small machine: the end-to-end files mostly wait.
const CONCURRENCY = 4;
// For a whole file on Node 20 and 22, for each test from 24 on. Long enough for a loaded machine: it is there for what hangs.
const TIMEOUT_MS = 300_000;

const filters = process.argv.slice(2);
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.js"))
  .map((path) => relative(process.cwd(), join(import.meta.dirname, path)))
  .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
  .sort();

if (files.length === 0) {
  console.error(`no test file in ${import.meta.dirname} has ${filters.join(" or ")} in its path`);
  process.exit(1);
}

const failedFiles = process.env["FAILED_FILES"];
const reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
if (failedFiles !== undefined) {
  const reporter = new URL("failed-files.js", import.meta.url).href;
  reporters.push(`--test-reporter=${reporter}`, `--test-reporter-destination=${failedFiles}`);
}

const runner = spawn(
  process.execPath,
  [
    "--enable-source-maps",
    "--test",
    ...reporters,
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${TIMEOUT_MS}`,
    ...files,
  ],
  { stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => runner.kill(signal));
// A signal has no exit code: a run that was cut short has not passed.
runner.on("exit", (code) => process.exit(code ?? 1));
