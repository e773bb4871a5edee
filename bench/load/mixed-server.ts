// A process with the backends of the fairness scenario. The first byte of a connection says what it wants: `e`, and every byte
// after it comes back; `b`, and bytes without end, as fast as they are taken. Bulk connections move to a process of their
// own, so that it is the balancer's turns that are measured and not this server's.

import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { freePort, HOST } from "../port.ts";
import { answerCommands } from "./answer-commands.ts";

/** The answer is the ports. */
export interface MixedServerCommand {
  readonly ports: number;
}

const BULK_ROLE = "bulk";
const CHUNK = Buffer.alloc(256 * 1024);

if (process.argv[2] === BULK_ROLE) sendBulk();
else listen();

function listen(): void {
  const bulk = fork(fileURLToPath(import.meta.url), [BULK_ROLE]);

  async function open(): Promise<number> {
    const port = await freePort();
    const server: Server = createServer({ noDelay: true }, (socket) => {
      socket.on("error", () => {});
      // Paused at once: what follows the first byte is the other process's to read.
      socket.once("readable", () => {
        const first: unknown = socket.read(1);
        if (!Buffer.isBuffer(first)) return socket.destroy();
        if (first.toString() === "b") return bulk.send(BULK_ROLE, socket);
        return socket.pipe(socket);
      });
    });
    await once(server.listen({ port, host: HOST, backlog: 4096 }), "listening");
    return port;
  }

  answerCommands(({ ports }: MixedServerCommand) => Promise.all(Array.from({ length: ports }, open)));
}

function sendBulk(): void {
  process.on("message", (_, socket) => {
    if (!(socket instanceof Socket)) return;
    const fill = (): void => {
      while (socket.writable && socket.write(CHUNK));
    };
    socket.on("error", () => {});
    socket.on("drain", fill);
    socket.resume();
    fill();
  });
  process.on("disconnect", () => process.exit(0));
}
