// lb-tcp as its users run it: the program in a process of its own, watched through its log.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { withDeadline } from "./deadline.ts";

/** The compiled program, from dist/test/support. */
export const programPath: string = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/**
 * What every balancer is given that a test does not give itself, such as `--transport=net --workers=1`: so that the same
 * tests run on every transport. Not LB_TCP_…, which the program would read.
 */
const everywhere: readonly string[] = (process.env["BALANCER_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");

export interface BalancerProcess extends AsyncDisposable {
  /** Of the first listener. */
  readonly port: number;
  readonly address: string;
  readonly pid: number;
  /** Every line so far. */
  readonly lines: readonly LogLine[];
  /** What came on stderr. */
  errors(): string;
  /** The first line for which `test` holds, past or to come. Gives up in the end (deadline.ts). */
  line(test: (line: LogLine) => boolean): Promise<LogLine>;
  /** The access lines so far. */
  sessions(): readonly LogLine[];
  /** Sends a signal and waits for the exit code; null when a signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
  exited(): Promise<number | null>;
  /** Resident memory, KiB. Linux only. */
  residentKiB(): number;
}

export interface BalancerProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs under this command, such as `["prlimit", "--nofile=64"]`. */
  readonly under?: readonly string[];
  /** Its descriptors from 3 on. */
  readonly descriptors?: readonly number[];
}

/** Starts the program on a free loopback port over `upstream`, and waits until it listens. */
export async function startBalancer(
  upstream: readonly string[],
  flags: readonly string[] = [],
  options: BalancerProcessOptions = {},
): Promise<BalancerProcess> {
  const upstreams = upstream.map((address) => `--upstream=${address}`);
  const args = [programPath, "--listen=127.0.0.1:0", "--log-format=json", ...upstreams, ...flags];
  args.push(...everywhere.filter((flag) => !args.some((arg) => nameOf(arg) === nameOf(flag))));
  const [file = process.execPath, ...rest] = [...(options.under ?? []), process.execPath, ...args];
  const child = spawn(file, rest, {
    stdio: ["ignore", "pipe", "pipe", ...(options.descriptors ?? [])],
    env: { ...process.env, ...options.environment },
  });
  return watch(child);
}

function nameOf(flag: string): string {
  return flag.split("=", 1)[0] ?? flag;
}

async function watch(child: ChildProcess): Promise<BalancerProcess> {
  const lines: LogLine[] = [];
  const waiters = new Set<() => boolean>();
  let errors = "";
  const exit = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (text) => {
      lines.push(JSON.parse(text));
      for (const waiter of waiters) if (waiter()) waiters.delete(waiter);
    });
  }

  function line(test: (line: LogLine) => boolean): Promise<LogLine> {
    const found = new Promise<LogLine>((resolve) => {
      const check = (): boolean => {
        const match = lines.find(test);
        if (match !== undefined) resolve(match);
        return match !== undefined;
      };
      if (!check()) waiters.add(check);
    });
    return withDeadline(
      found,
      () => `a line of the log, after\n${JSON.stringify(lines.slice(-5), null, 1)}\n${errors}`,
    );
  }

  async function end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    child.kill(signal);
    return exited();
  }

  function exited(): Promise<number | null> {
    return withDeadline(
      exit,
      () => `lb-tcp to exit, after\n${JSON.stringify(lines.slice(-5), null, 1)}\n${errors}`,
      40_000,
    );
  }

  let listening: LogLine;
  try {
    listening = await Promise.race([
      line((entry) => entry["event"] === "listening"),
      exit.then((code) => Promise.reject(new Error(`lb-tcp ended with ${code}:\n${errors}`))),
    ]);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  const address = String(listening["address"]);
  return {
    address,
    port: Number(address.slice(address.lastIndexOf(":") + 1)),
    pid: child.pid ?? 0,
    lines,
    errors: () => errors,
    line,
    sessions: () => lines.filter((entry) => entry["event"] === "session"),
    end,
    signal: (signal) => void child.kill(signal),
    exited,
    residentKiB: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
