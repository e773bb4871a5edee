// A process that reads one unpaced bulk stream and throws it away.

import { connect, type Socket } from "node:net";
import { HOST } from "../port.ts";
import { answerCommands } from "./answer-commands.ts";

/** `start` opens the stream; `stop` ends it, and its answer is how many bytes have come. */
export interface BulkReaderCommand {
  readonly kind: "start" | "stop";
  readonly port: number;
}

const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
let socket: Socket | undefined;
let receivedBytes = 0;

answerCommands(({ kind, port }: BulkReaderCommand) => {
  socket?.destroy();
  if (kind === "stop") return Promise.resolve(receivedBytes);
  receivedBytes = 0;
  return new Promise<number>((resolve, reject) => {
    socket = connect({
      port,
      host: HOST,
      onread: {
        buffer,
        callback(size) {
          if (receivedBytes === 0) resolve(size);
          receivedBytes += size;
          return true;
        },
      },
    });
    socket.on("error", reject);
    socket.write("b");
  });
});
