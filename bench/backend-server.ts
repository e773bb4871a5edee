// The server behind every subject: nginx with a small fixed answer on / and a gigabyte on /big.

import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "./child.ts";
import { freePort, HOST, listening } from "./port.ts";
import { programPath } from "./program.ts";

export const BIG_FILE_BYTES: number = 2 ** 30;
const ANSWER = "sixty-four bytes of answer, as small requests mostly are, or so...";
/** All clients of a subject arrive at one of them when the other is the direct one: 8,000 idle and some busy. */
const WORKER_CONNECTIONS = 17_000;

/** Two addresses are what every scenario balances over; more are what a pool grows to. */
export interface BackendServer {
  /** `ip:port`. */
  readonly addresses: readonly string[];
  readonly stop: () => Promise<void>;
}

export function backendConfig(addresses: readonly string[]): string {
  return [
    "worker_processes 1;",
    "daemon off;",
    "pid nginx-backend.pid;",
    "error_log stderr crit;",
    `events { worker_connections ${WORKER_CONNECTIONS}; }`,
    "http {",
    "    access_log off;",
    "    keepalive_requests 100000000;",
    "    keepalive_timeout 600s;",
    "    sendfile on;",
    "    tcp_nodelay on;",
    "    server {",
    ...addresses.map((address) => `        listen ${address} backlog=4096 reuseport;`),
    `        location = / { return 200 "${ANSWER}\\n"; }`,
    "        location / { root www; }",
    "    }",
    "}",
    "",
  ].join("\n");
}

/** Every address is one of 127.0.0.0/8 on the same port, so that a thousand need no thousand ports. */
export async function startBackendServer(folder: string, addressCount = 2): Promise<BackendServer> {
  const port = await freePort();
  const addresses = Array.from({ length: addressCount }, (_, index) => `${loopbackAddress(index)}:${port}`);
  const file = join(folder, "nginx-backend.conf");
  await writeFile(file, backendConfig(addresses));
  await createBigFile(join(folder, "www"));
  const { stop } = await listening(port, startChild(programPath("nginx"), ["-c", file, "-p", folder]));
  return { addresses, stop };
}

function loopbackAddress(index: number): string {
  return index === 0 ? HOST : `127.0.${1 + (index >> 8)}.${index & 255}`;
}

/** Sparse: it takes no room on the disk. */
async function createBigFile(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, "big"), "w", 0o644);
  await file.truncate(BIG_FILE_BYTES);
  await file.close();
}
