import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "./child.ts";

export const HOST = "127.0.0.1";

// Below the ports that Linux gives to outgoing connections (ip_local_port_range, 32768 and up): a free one stays free while
// thousands of connections come and go.
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;
const START_PATIENCE_MS = 15_000;
const RETRY_MS = 20;

let offset = process.pid * 31;

/** A port of this machine that nobody listens on, a different one each time. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_COUNT; tries++) {
    const port = FIRST_PORT + (offset++ % PORT_COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST_PORT} to ${FIRST_PORT + PORT_COUNT - 1}`);
}

/** A process that accepts connections. */
export interface Listening {
  readonly port: number;
  readonly pid: number;
  /** What it has written to stderr, on one line: why it failed, if it did. */
  readonly lastWords: () => string;
  readonly stop: () => Promise<void>;
}

/** Resolves when the child accepts there; otherwise ends it and rejects with what it said. */
export async function listening(port: number, child: Child): Promise<Listening> {
  try {
    await untilAccepting(port, child);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { port, pid: child.pid, stop: child.stop, lastWords: () => oneLine(child.output()) };
}

async function untilAccepting(port: number, child: Child): Promise<void> {
  const deadlineMs = performance.now() + START_PATIENCE_MS;
  while (!(await accepts(port))) {
    if (child.hasExited()) throw new Error(oneLine(child.output()) || `ended with ${await child.exited}`);
    if (performance.now() > deadlineMs) throw new Error(`not listening after ${START_PATIENCE_MS / 1000} s`);
    await sleep(RETRY_MS);
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, HOST);
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, "; ");
}
