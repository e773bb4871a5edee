// lb-tcp in a process of its own, with whatever command, watched through what it writes.

import { spawn } from "node:child_process";
import { programPath } from "../support/balancer-process.ts";
import { withDeadline } from "../support/deadline.ts";

export interface RunningProgram extends AsyncDisposable {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** The first match in what was written to either, past or to come. Gives up in the end. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  exited(): Promise<number | NodeJS.Signals | null>;
  /** Reads no more: what it writes from now on breaks its pipe. */
  stopReading(output: "stdout" | "stderr"): void;
}

// A loaded machine starts a process slowly, and a backend is seen to return after some seconds.
const PATIENCE_MS = 60_000;

/** Ends it, if need be by force, when it is disposed of. */
export function startProgram(args: readonly string[], environment: Record<string, string> = {}): RunningProgram {
  const child = spawn(process.execPath, [programPath, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const texts = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const output of ["stdout", "stderr"] as const) {
    child[output].setEncoding("utf8").on("data", (text: string) => {
      texts[output] += text;
      for (const check of waiting) check();
    });
  }
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  const state = (): string => `${args.join(" ")}, after\n${texts.stdout}\n${texts.stderr}`;

  return {
    pid: child.pid ?? 0,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    seen(pattern) {
      const found = new Promise<RegExpExecArray>((resolve) => {
        const check = (): void => {
          const match = pattern.exec(texts.stdout) ?? pattern.exec(texts.stderr);
          if (match === null) return;
          waiting.delete(check);
          resolve(match);
        };
        waiting.add(check);
        check();
      });
      const ended = exit.then((code) =>
        Promise.reject(new Error(`ended with ${code} before ${String(pattern)}: ${state()}`)),
      );
      return withDeadline(Promise.race([found, ended]), () => `${String(pattern)} of ${state()}`, PATIENCE_MS);
    },
    signal: (signal) => void child.kill(signal),
    exited: () => withDeadline(exit, () => `the end of ${state()}`, PATIENCE_MS),
    stopReading: (output) => void child[output].destroy(),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
