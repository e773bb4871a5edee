// A server for probes: what it answers is up to the test, with TLS and behind a PROXY header where that is wanted.

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { SocketAddress } from "../../src/wire/address.ts";
import { withDeadline } from "../support/deadline.ts";

export interface TalkingServerOptions {
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
  /** How long the PROXY header is that begins each connection. */
  readonly headerByteCount?: number;
  /** What it does with a connection. Default: it reads, and closes when the other side does. */
  readonly talk?: (stream: Socket) => void;
}

/** How a connection ended, seen from here. */
export interface Visit {
  readonly header: Buffer;
  readonly how: "finished" | "reset";
}

export interface TalkingServer extends AsyncDisposable {
  readonly address: SocketAddress & { readonly kind: "ip" };
  readonly connectionCount: number;
  /** The next connection that has ended. */
  visit(): Promise<Visit>;
}

export async function startTalkingServer(options: TalkingServerOptions = {}): Promise<TalkingServer> {
  const { certificate, headerByteCount = 0, talk = () => {} } = options;
  const sockets = new Set<Socket>();
  const visits: Visit[] = [];
  const waiters: (() => void)[] = [];
  let connectionCount = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connectionCount++;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    void serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("it listens on a port");

  async function serve(socket: Socket): Promise<void> {
    let how: Visit["how"] = "finished";
    let header: Buffer = Buffer.alloc(0);
    socket.on("error", () => {
      how = "reset";
    });
    socket.once("close", () => {
      visits.push({ header, how });
      waiters.shift()?.();
    });
    while (header.length < headerByteCount) {
      const [chunk] = await once(socket, "readable").then(() => [socket.read() as Buffer | null]);
      if (chunk !== null && chunk !== undefined) header = Buffer.concat([header, chunk]);
    }
    socket.unshift(header.subarray(headerByteCount));
    header = header.subarray(0, headerByteCount);
    const stream = certificate === undefined ? socket : new TLSSocket(socket, { isServer: true, ...certificate });
    stream.on("error", () => {});
    stream.on("end", () => stream.end());
    stream.resume();
    talk(stream);
  }

  return {
    address: { kind: "ip", ip: "127.0.0.1", port: bound.port },
    get connectionCount() {
      return connectionCount;
    },
    async visit() {
      if (visits.length === 0) {
        const arrived = new Promise<void>((resolve) => waiters.push(resolve));
        await withDeadline(arrived, () => "the end of a connection");
      }
      return visits.shift() ?? Promise.reject(new Error("there is none"));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Says `answer` when something comes that ends with `question`. */
export function replies(question: string, answer: string | Uint8Array): (stream: Socket) => void {
  return (stream) => {
    let heard = "";
    stream.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (heard.endsWith(question)) stream.write(answer);
    });
  };
}
