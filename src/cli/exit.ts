import { accessSync, constants } from "node:fs";
import type { ExitCode } from "./failure.ts";

// What libuv's threads work on, as getActiveResourcesInfo calls it: lookups, and files.
const THREAD_WORK = /^(?:GetAddrInfo|GetNameInfo|FSReq)/;

/**
 * Ends the process at once. process.exit alone does not: it joins libuv's threads (uv_library_shutdown), and a
 * getaddrinfo(3) whose server does not answer would keep the process for as long as that takes, deaf to signals.
 *
 * So where a thread is at work, the process becomes another program that does nothing but exit: execve(2) ends all
 * threads, and keeps the process id that somebody waits for. Node has that from 22.15 and 23.11 on, not on Windows.
 * Elsewhere the exit waits, and a signal means what it means to any process.
 */
export function exitNow(code: ExitCode): never {
  if (process.getActiveResourcesInfo().some((kind) => THREAD_WORK.test(kind))) {
    becomeExit(code);
    for (const signal of ["SIGTERM", "SIGINT"]) process.removeAllListeners(signal);
  }
  process.exit(code);
}

function becomeExit(code: ExitCode): void {
  const execve: unknown = Reflect.get(process, "execve");
  // It aborts, with a stack trace, where there is no such file: Node may have been replaced by another version.
  if (typeof execve !== "function" || process.platform === "win32" || !isExecutable(process.execPath)) return;
  const argv = [process.execPath, "-e", `process.exitCode = ${code}`];
  try {
    // NODE_OPTIONS may load things that take their time.
    Reflect.apply(execve, process, [process.execPath, argv, { ...process.env, NODE_OPTIONS: "" }]);
  } catch {
    // Not permitted (--permission): then it is to wait.
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
