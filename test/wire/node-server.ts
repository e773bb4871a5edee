// What Node's own HTTP server makes of the first request of a connection, without a socket.

import { createServer, type IncomingMessage } from "node:http";
import { Duplex } from "node:stream";

export interface NodeRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Undefined: refused, or not complete. */
export function readWithNode(bytes: Uint8Array): Promise<NodeRequest | undefined> {
  return new Promise((resolve) => {
    const server = createServer({
      insecureHTTPParser: false,
      keepAliveTimeout: 0,
      headersTimeout: 0,
      requestTimeout: 0,
    });
    const socket = new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        done();
      },
    });
    const settle = (request: NodeRequest | undefined): void => {
      resolve(request);
      socket.destroy();
      server.close();
    };
    const accept = (request: IncomingMessage): void => settle(requestOf(request));
    for (const event of ["request", "checkContinue", "checkExpectation", "connect", "upgrade"])
      server.on(event, accept);
    server.on("clientError", () => settle(undefined));
    socket.on("error", () => settle(undefined));
    socket.on("close", () => settle(undefined));
    server.emit("connection", socket);
    socket.push(bytes);
    socket.push(null);
  });
}

function requestOf({ method = "", url = "", httpVersion, rawHeaders }: IncomingMessage): NodeRequest {
  const headers: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.push([(rawHeaders[at] ?? "").toLowerCase(), rawHeaders[at + 1] ?? ""]);
  }
  return { method, target: url, version: httpVersion, headers };
}
