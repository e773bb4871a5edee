import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { HOST } from "../port.ts";
import { programPath } from "../program.ts";

const execute = promisify(execFile);

export interface WrkLoad {
  readonly port: number;
  readonly seconds: number;
  readonly connections: number;
  /** Otherwise each request has a connection of its own. */
  readonly keepsAlive: boolean;
}

export interface WrkResult {
  readonly requests: number;
  /** Connect, read, write and timeout errors, and answers other than 2xx and 3xx. */
  readonly errors: number;
  readonly requestsPerS: number;
}

export async function runWrk({ port, seconds, connections, keepsAlive }: WrkLoad): Promise<WrkResult> {
  const header = keepsAlive ? [] : ["-H", "Connection: close"];
  const args = ["-t1", `-c${connections}`, `-d${seconds}`, ...header, `http://${HOST}:${port}/`];
  const { stdout } = await execute(programPath("wrk"), args, { timeout: (seconds + 20) * 1_000 });
  return parseWrk(stdout);
}

export function parseWrk(text: string): WrkResult {
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  if (Number.isNaN(requests)) throw new Error(`not the output of wrk: ${text}`);
  const socketErrors =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const badAnswers = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? "0";
  return {
    requests,
    errors: [...socketErrors, badAnswers].reduce((sum, count) => sum + Number(count), 0),
    requestsPerS: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
  };
}
