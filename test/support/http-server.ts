// A server that speaks HTTP as badly as a test wants, and keeps what it was told.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is done with a request, once its body is there. */
export type HttpBehaviour = (response: ServerResponse, request: HttpRequest, index: number) => void;

export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** In the order in which they came. */
  readonly requests: readonly HttpRequest[];
  /** Resolves when there have been so many requests. */
  received(count: number): Promise<void>;
}

export function answering(status: number, headers: Record<string, string> = {}): HttpBehaviour {
  return (response) => void response.writeHead(status, headers).end();
}

export async function startHttpServer(behave: HttpBehaviour): Promise<HttpServer> {
  const requests: HttpRequest[] = [];
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      requests.push({ method, path, headers, body });
      behave(response, { method, path, headers, body }, requests.length - 1);
      for (const check of waiting) check();
    });
    request.on("error", () => {});
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    received: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (requests.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
