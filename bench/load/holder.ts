// A process that holds idle connections, each of which has had one request.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { HOST } from "../port.ts";
import { answerCommands } from "./answer-commands.ts";

/** Brings the number of connections to `count`; the answer is how many there are. */
export interface HolderCommand {
  readonly port: number;
  readonly count: number;
}

/** At once: fewer than any accept queue holds. */
const BATCH = 200;
const REQUEST = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
const ANSWER_PATIENCE_MS = 10_000;

const held: Socket[] = [];
let lostCount = 0;

answerCommands(async ({ port, count }: HolderCommand) => {
  while (held.length < count) {
    const batch = Math.min(BATCH, count - held.length);
    held.push(...(await Promise.all(Array.from({ length: batch }, () => open(port)))));
  }
  const closing = held.splice(count);
  for (const socket of closing) socket.removeAllListeners("close").destroy();
  if (lostCount > 0) throw new Error(`${lostCount} idle connections were closed by the other side`);
  return held.length;
});

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: HOST, noDelay: true });
  socket.on("error", () => {});
  await within(once(socket, "connect"), socket, "connecting");
  socket.write(REQUEST);
  await within(once(socket, "data"), socket, "the first answer");
  socket.on("data", () => {});
  socket.on("close", () => {
    lostCount++;
  });
  return socket;
}

async function within(event: Promise<unknown>, socket: Socket, what: string): Promise<void> {
  const timer = setTimeout(() => socket.destroy(new Error(`no ${what} within 10 s`)), ANSWER_PATIENCE_MS);
  const closed = once(socket, "close").then(() => Promise.reject(new Error(`closed while waiting for ${what}`)));
  // Whichever comes second finds nobody listening.
  closed.catch(() => {});
  try {
    await Promise.race([event, closed]);
  } finally {
    clearTimeout(timer);
  }
}
