// A server of somebody else's as a child process: started, waited for by a line that it prints, ended by its process id.

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import { withDeadline } from "./deadline.ts";
import { findProgram } from "./programs.ts";

export interface ChildServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  readonly pid: number;
  /** What it has printed, for the message of a failed test. */
  output(): string;
  /** Ends the process, waits for its end and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

/** A user to become, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ChildServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Removed after the end. */
  readonly folder: string;
  /** It serves from the time at which it prints this, on either output. */
  readonly readyLine: RegExp;
  /** What ends it without waiting for its clients. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  readonly account?: Account | undefined;
}

const START_PATIENCE_MS = 30_000;
const STOP_PATIENCE_MS = 5_000;
const KEPT_OUTPUT_CHARACTERS = 65_536;

/** A new folder in the system's place for such, which others may enter but not write to. */
export function makeTemporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `lb-tcp-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Resolves when the server serves; when it does not get there, ends it and rejects with what it has printed. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const { program, folder, host, port, readyLine, stopSignal = "SIGTERM" } = options;
  const child = spawnTethered(options);
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let output = "";
  let stopping: Promise<void> | undefined;

  const ready = new Promise<void>((resolve, reject) => {
    function take(chunk: Buffer): void {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARACTERS);
      if (readyLine.test(output)) resolve();
    }
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`${program} ended with ${code ?? signal}:\n${output}`)));
  });

  async function stop(): Promise<void> {
    child.kill(stopSignal);
    const killing = systemClock.setTimer(() => child.kill("SIGKILL"), STOP_PATIENCE_MS);
    await exited;
    killing.cancel();
    rmSync(folder, { recursive: true, force: true });
  }

  const server: ChildServer = {
    host,
    port,
    address: `${host}:${port}`,
    pid: child.pid ?? 0,
    output: () => output,
    stop() {
      stopping ??= stop();
      return stopping;
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  try {
    await withDeadline(ready, () => `${program} to print ${String(readyLine)}, after\n${output}`, START_PATIENCE_MS);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** The child ends with this process even when that is killed and can end nothing itself. */
function spawnTethered({ program, args, folder, account }: ChildServerOptions): ChildProcess {
  const setpriv = findProgram("setpriv");
  const command = setpriv === undefined ? [program, ...args] : [setpriv, "--pdeathsig", "TERM", "--", program, ...args];
  const [file = program, ...rest] = command;
  return spawn(file, rest, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  });
}
