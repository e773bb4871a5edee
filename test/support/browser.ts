// Chromium without a window, which opens one page and is ended afterwards with everything that it has started.

import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { makeTemporaryFolder } from "./child-server.ts";
import { findProgram } from "./programs.ts";

const FLAGS = [
  "--headless",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-proxy-server",
  "--ignore-certificate-errors",
  // It refuses to run as root with one.
  "--no-sandbox",
];

export interface Browser extends AsyncDisposable {
  /** What it has said, for the message of a failed test. */
  errors(): string;
}

/** @param hosts the address of each; of others there is none, so that nobody outside is asked. */
export function openPage(url: string, hosts: Readonly<Record<string, string>>): Browser {
  const folder = makeTemporaryFolder("browser");
  const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
  const resolver = `--host-resolver-rules=${[...rules, "MAP * ~NOTFOUND"].join(", ")}`;
  const child = spawn(
    findProgram("chromium") ?? "chromium",
    [...FLAGS, resolver, `--user-data-dir=${folder}`, url],
    // A group of its own: a browser is a dozen processes.
    { stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return {
    errors: () => errors,
    async [Symbol.asyncDispose]() {
      endGroup(child);
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
