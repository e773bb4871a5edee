// Processes that bench starts, and that never outlive it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { processTree } from "./proc/process-tree.ts";

/** A process that runs. */
export interface Child {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Null when a signal ended it. */
  readonly exited: Promise<number | null>;
  readonly hasExited: () => boolean;
  /** The end of what it wrote to stderr, and to stdout unless somebody else reads that. */
  readonly output: () => string;
  /** SIGTERM, and SIGKILL to whatever of its tree is left after 3 s. Idempotent. */
  readonly stop: () => Promise<void>;
}

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly folder?: string;
  /** Whoever starts it reads its stdout. */
  readonly ownStdout?: boolean;
}

const PATIENCE_MS = 3_000;
const OUTPUT_CHARACTERS = 4_000;
/** Thousands of connections, two descriptors each in a balancer. Where it may not be raised, the hard limit has to do. */
const DESCRIPTORS = 65_536;
const RAISE_LIMIT = 'ulimit -n "$0" 2>/dev/null || ulimit -n "$(ulimit -H -n)"; exec "$@"';

const alive = new Set<ChildProcess>();

/** Ends every child when this process ends, however it does. */
export function endChildrenAtExit(): void {
  process.on("exit", () => {
    for (const child of alive) killTree(child.pid);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
}

/** Starts a program with the highest descriptor limit it can have. */
export function startChild(program: string, args: readonly string[], options: ChildOptions = {}): Child {
  const { env = process.env, folder, ownStdout = false } = options;
  const child = spawn("/bin/sh", ["-c", RAISE_LIMIT, String(DESCRIPTORS), program, ...args], {
    env,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  alive.add(child);
  let output = "";
  let hasExited = false;
  const collect = (text: string): void => {
    output = (output + text).slice(-OUTPUT_CHARACTERS);
  };
  child.stderr.setEncoding("utf8").on("data", collect);
  if (!ownStdout) child.stdout.setEncoding("utf8").on("data", collect);
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  const exited = once(child, "close").then(([code]) => {
    alive.delete(child);
    hasExited = true;
    return typeof code === "number" ? code : null;
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    exited,
    hasExited: () => hasExited,
    output: () => output.trim(),
    async stop() {
      if (hasExited) return;
      const tree = processTree(pid);
      const impatience = setTimeout(() => {
        for (const each of tree) kill(each);
      }, PATIENCE_MS);
      child.kill("SIGTERM");
      await exited;
      clearTimeout(impatience);
    },
  };
}

function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const each of processTree(pid)) kill(each);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
