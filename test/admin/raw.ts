// Bytes to an admin address as nobody's HTTP library would send them.

import { connect, type Socket } from "node:net";
import { withDeadline } from "../support/deadline.ts";
import { whereIs } from "./asking.ts";

export interface RawVisitor {
  readonly socket: Socket;
  /** What has come so far. */
  text(): string;
  /** Everything, once the other side has ended the connection. */
  all(): Promise<string>;
  /** Resolves when what has come matches. */
  seen(pattern: RegExp): Promise<void>;
}

/** Connects, and sends. */
export async function visit(address: string, bytes: string | Uint8Array = "", from?: string): Promise<RawVisitor> {
  const { socketPath, host, port } = whereIs(address);
  const socket =
    typeof socketPath === "string"
      ? connect({ path: socketPath })
      : connect({ host: host ?? "", port: Number(port), ...(from === undefined ? {} : { localAddress: from }) });
  let text = "";
  const waiting = new Set<() => void>();
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const check of waiting) check();
  });
  await new Promise<void>((resolve) => {
    socket.once("connect", () => resolve());
    socket.once("close", () => resolve());
  });
  if (bytes.length > 0) socket.write(bytes);
  return {
    socket,
    text: () => text,
    async all() {
      await withDeadline(closed, () => `the end of a connection, after ${text}`);
      return text;
    },
    seen(pattern) {
      const found = new Promise<void>((resolve) => {
        const check = (): void => {
          if (pattern.test(text)) resolve();
        };
        waiting.add(check);
        check();
      });
      return withDeadline(found, () => `${String(pattern)} in ${text}`);
    },
  };
}

/** The status of the first answer in it; undefined where there is none. */
export function statusIn(text: string): number | undefined {
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
  return status === undefined ? undefined : Number(status);
}
