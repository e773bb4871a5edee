import type { Socket } from "node:net";
import { ENDLESS } from "./header.ts";
import type { SeededStream } from "./stream.ts";

const CHUNK_BYTES = 32 * 1024;

/** Sends so much of a stream as the other side takes, and FIN after it where it `finishes`. */
export function sendStream(socket: Socket, stream: SeededStream, byteCount: number, finishes: boolean): void {
  const fill = (): void => {
    while (socket.writable) {
      const left = byteCount === ENDLESS ? CHUNK_BYTES : byteCount - stream.position;
      if (left <= 0) {
        socket.off("drain", fill);
        if (finishes) socket.end();
        return;
      }
      if (!socket.write(stream.take(Math.min(left, CHUNK_BYTES)))) return;
    }
  };
  socket.on("drain", fill);
  fill();
}
