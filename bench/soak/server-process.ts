// A process with backends for the soak: each connection tells what it is and what is to be done with it.

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { hasEndedInReset } from "../../src/transport/net/socket.ts";
import { answerCommands } from "../load/answer-commands.ts";
import { freePort, HOST } from "../port.ts";
import { decodeHeader, HEADER_BYTES, type Header } from "./header.ts";
import { resetNow } from "./reset.ts";
import { sendStream } from "./sender.ts";
import { SeededStream } from "./stream.ts";

/** `listen` answers with the ports, `counts` with what has been seen so far. */
export interface ServerCommand {
  readonly kind: "listen" | "counts";
  readonly ports: number;
  readonly backlog: number;
}

export interface ServerCounts {
  readonly sessions: number;
  readonly open: number;
  /** Streams with bytes that belong elsewhere, or headers that are none. */
  readonly foreign: number;
  /** Sessions that ended in order, but with fewer bytes than were sent: a cut stream that looks like a complete one. */
  readonly cutClean: number;
}

/** Longer than any client waits before it resets. */
const STALL_MS = 1_500;
/** Longer than the balancer waits before it ends what is half-closed. */
const LEAVE_MS = 10_000;

let sessions = 0;
let open = 0;
let foreign = 0;
let cutClean = 0;

answerCommands(({ kind, ports, backlog }: ServerCommand) => {
  if (kind === "counts") return Promise.resolve({ sessions, open, foreign, cutClean } satisfies ServerCounts);
  return Promise.all(Array.from({ length: ports }, () => listen(backlog)));
});

async function listen(backlog: number): Promise<number> {
  const port = await freePort();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, serve);
  await once(server.listen({ port, host: HOST, backlog }), "listening");
  return port;
}

function serve(socket: Socket): void {
  let header: Header | undefined;
  let up: SeededStream | undefined;
  let early: Buffer = Buffer.alloc(0);
  open++;
  socket.on("error", () => {});
  socket.on("close", () => {
    open--;
  });
  socket.on("end", () => {
    // Before its header is whole, a client that resets may have left nothing but an end.
    if (header === undefined || up === undefined) return socket.destroy();
    if (up.position < header.upBytes && !hasEndedInReset(socket)) cutClean++;
    return undefined;
  });
  socket.on("data", (data: Buffer) => {
    let rest = data;
    if (up === undefined) {
      early = early.length === 0 ? data : Buffer.concat([early, data]);
      if (early.length < HEADER_BYTES) return;
      header = decodeHeader(early);
      if (header === undefined) {
        foreign++;
        resetNow(socket);
        return;
      }
      sessions++;
      up = new SeededStream(header.seed, "up");
      rest = early.subarray(HEADER_BYTES);
      act(socket, header);
    }
    if (!up.matches(rest)) {
      foreign++;
      resetNow(socket);
    }
  });
}

function act(socket: Socket, { seed, downBytes, serverAct, serverDelayMs }: Header): void {
  const sends = serverAct !== "stall" || serverDelayMs > 0;
  if (sends) sendStream(socket, new SeededStream(seed, "down"), downBytes, serverAct === "send");
  if (serverAct === "send") return;
  setTimeout(() => {
    if (serverAct === "reset") resetNow(socket);
    else stall(socket);
  }, serverDelayMs);
}

function stall(socket: Socket): void {
  socket.removeAllListeners("drain").pause();
  // Node notices an end only while it reads.
  setTimeout(() => socket.resume(), STALL_MS);
  // After the client's FIN, Node does not notice a reset either.
  const leave = setTimeout(() => socket.destroy(), LEAVE_MS);
  socket.on("close", () => clearTimeout(leave));
}
