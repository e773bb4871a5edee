import { runProgram } from "./programs.ts";

export interface WrkResult {
  readonly requests: number;
  /** Connect, read, write and timeout errors, and answers other than 2xx and 3xx. */
  readonly errors: number;
}

const PATIENCE_MS = 60_000;

/** Runs wrk, a connection for each request or kept alive. */
export async function runWrk(port: number, seconds: number, isKeptAlive: boolean): Promise<WrkResult> {
  const header = isKeptAlive ? [] : ["-H", "Connection: close"];
  const args = ["-t1", "-c20", `-d${seconds}`, ...header, `http://127.0.0.1:${port}/`];
  const { stdout } = await runProgram("wrk", args, { patienceMs: seconds * 1_000 + PATIENCE_MS });
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout) ?? [];
  const badAnswers = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? "0";
  const errors = [...socketErrors.slice(1), badAnswers].reduce((sum, count) => sum + Number(count), 0);
  return { requests: Number(/(\d+) requests in/.exec(stdout)?.[1]), errors };
}
