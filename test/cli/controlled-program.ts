// lb-tcp with an admin address, as a program, and other programs of it that are told where that is.

import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { makeTemporaryFolder } from "../support/child-server.ts";
import type { PeerServer } from "../support/peer-server.ts";
import { type RunningProgram, startProgram } from "./running-program.ts";

const folder = makeTemporaryFolder("controlled");
after(() => rmSync(folder, { recursive: true }));

const FLAGS = (process.env["BALANCER_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
/** Holds the token of them all. */
export const tokenFile: string = join(folder, "token");
writeFileSync(tokenFile, "a-token-that-is-long-enough-to-be-one\n");
chmodSync(tokenFile, 0o600);

export interface Controlled extends AsyncDisposable {
  readonly program: RunningProgram;
  /** Where clients connect. */
  readonly port: number;
  readonly path: string;
  /** The admin address over TCP. */
  readonly admin: string;
  readonly socket: string;
}

let count = 0;

/** @param socket Its path. @param more Further keys of the pool. */
export function fileOf(backends: readonly PeerServer[], socket: string, more: string): string {
  const list = backends.map(({ address }, at) => `{ name: b${at + 1}, address: "${address}" }`).join(", ");
  return `
version: 1
log: { format: json, access: off }
admin: { listen: ["127.0.0.1:0", "unix:${socket}"], token-file: ${tokenFile} }
listeners:
  web: { listen: "127.0.0.1:0", pool: web }
pools:
  web: { policy: round-robin, on-drain: keep, probe: { interval: 1s }, backends: [${list}]${more} }
`;
}

/** A pool `web` of b1, b2 … behind a listener of that name, and both kinds of admin addresses. */
export async function startControlled(backends: readonly PeerServer[]): Promise<Controlled> {
  count++;
  const path = join(folder, `lb${count}.yaml`);
  const socket = join(folder, `admin${count}.sock`);
  writeFileSync(path, fileOf(backends, socket, ""));
  const program = startProgram([`--config=${path}`, ...FLAGS]);
  const [, port] = await program.seen(/"event":"listening".*"address":"127\.0\.0\.1:(\d+)"/);
  const [, admin = ""] = await program.seen(/"event":"admin"[^\n]*"address":"(127\.0\.0\.1:\d+)"/);
  await program.seen(/"event":"admin"[^\n]*"address":"unix:/);
  return {
    program,
    port: Number(port),
    path,
    admin,
    socket: `unix:${socket}`,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

export interface Said {
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. @param line What follows `lb-tcp`. */
export async function say(line: string, environment: Record<string, string>): Promise<Said> {
  await using program = startProgram(line.split(" "), environment);
  const code = await program.exited();
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}
