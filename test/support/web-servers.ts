// Servers in the test's own process for clients of the web, and what they need.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { join } from "node:path";
import { makeTemporaryFolder } from "./child-server.ts";
import { runProgram } from "./programs.ts";

const HOST = "127.0.0.1";

/** A server that ends with the test. */
export interface Serving extends AsyncDisposable {
  readonly address: string;
}

export async function serve(server: Server): Promise<Serving> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `${HOST}:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Answers each handshake, and each frame of up to 125 bytes with its own content. */
export function webSocketEcho(): Server {
  const server = createHttpServer((_request, response) => response.writeHead(426).end());
  server.on("upgrade", (request, socket, first) => {
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    let unread = first;
    function take(bytes: Buffer): void {
      unread = Buffer.concat([unread, bytes]);
      for (let frame = firstFrame(unread); frame !== undefined; frame = firstFrame(unread)) {
        unread = unread.subarray(frame.byteCount);
        socket.write(frame.unmasked);
      }
    }
    take(Buffer.alloc(0));
    socket.on("error", () => {}).on("data", take);
    socket.on("end", () => socket.end());
  });
  return server;
}

/** A client's frame is masked, a server's is not (RFC 6455 §5.1). */
function firstFrame(bytes: Buffer): { readonly byteCount: number; readonly unmasked: Buffer } | undefined {
  const [start = 0, second = 0] = bytes;
  const length = second & 0x7f;
  const byteCount = 6 + length;
  if (bytes.length < byteCount) return undefined;
  const mask = bytes.subarray(2, 6);
  const content = bytes.subarray(6, byteCount).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { byteCount, unmasked: Buffer.concat([Buffer.from([start, length]), content]) };
}

/** Self-signed, for `secure.example`. */
export async function certificate(): Promise<{ readonly key: Buffer; readonly cert: Buffer }> {
  const folder = makeTemporaryFolder("certificate");
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const how = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const what = ["-keyout", key, "-out", cert, "-subj", "/CN=secure.example"];
    const { code, stderr } = await runProgram("openssl", ["req", ...how, ...what]);
    assert.equal(code, 0, stderr);
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
