// The programs of others that tests speak to or are driven by: servers, clients and load generators.

import { spawn } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { withDeadline } from "./deadline.ts";

// Where they are and a user's PATH often is not.
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];
// Debian keeps the servers of PostgreSQL apart, a folder for each version.
const POSTGRES_FOLDER = "/usr/lib/postgresql";
const RUN_PATIENCE_MS = 60_000;

/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...MORE_FOLDERS, ...postgresFolders()];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * For the `skip` option of node:test: false when all programs are there, otherwise the reason. With
 * REAL_PEERS=require, as in CI, it throws instead, so that no test is left out unseen.
 */
export function skipReason(...programs: string[]): string | false {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return false;
  const reason = `not installed: ${missing.join(", ")}`;
  if (process.env["REAL_PEERS"] === "require") {
    throw new Error(`${reason}; .ci/run installs what these tests need, without REAL_PEERS they are skipped`);
  }
  return reason;
}

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code, and kills it when it takes longer than `patienceMs`. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { account?: { uid: number; gid: number } | undefined; input?: string; patienceMs?: number } = {},
): Promise<ProgramResult> {
  const { account, input = "", patienceMs = RUN_PATIENCE_MS } = options;
  const child = spawn(findProgram(program) ?? program, args, {
    env: { ...process.env, LC_ALL: "C" },
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A program that does not read its input may close it first.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  try {
    return await withDeadline(ended, () => `${program} ${args.join(" ")}, after\n${stdout}\n${stderr}`, patienceMs);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function postgresFolders(): string[] {
  try {
    return readdirSync(POSTGRES_FOLDER)
      .sort((one, other) => Number(other) - Number(one))
      .map((version) => join(POSTGRES_FOLDER, version, "bin"));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
