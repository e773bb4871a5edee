// The body of a request, bounded.

import type { IncomingMessage } from "node:http";
import { JSON_TYPE, problem, type Reply } from "./reply.ts";

const MOST_BYTES: number = 64 * 1024;

export type Body =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "refused"; readonly reply: Reply };

/** Whether anything comes after the head (RFC 9112, 6). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Reads JSON. @returns undefined when whoever sends it has gone. */
export async function readJson(request: IncomingMessage): Promise<Body | undefined> {
  const { headers } = request;
  if (!isJson(headers["content-type"])) {
    const detail = `got content-type ${headers["content-type"] ?? "none"}, expected ${JSON_TYPE}`;
    return refused(problem(415, detail, { headers: { accept: JSON_TYPE } }));
  }
  if (headers["content-encoding"] !== undefined)
    return refused(problem(415, "expected a body without content-encoding"));
  if (Number(headers["content-length"] ?? 0) > MOST_BYTES) return refused(tooLarge());
  const bytes = await collect(request);
  if (bytes === undefined) return undefined;
  if (bytes === "too-large") return refused(tooLarge());
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { kind: "json", value };
  } catch {
    return refused(problem(400, "the body is not JSON"));
  }
}

function collect(request: IncomingMessage): Promise<Buffer | "too-large" | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    request.on("data", (chunk: Buffer) => {
      byteCount += chunk.length;
      if (byteCount <= MOST_BYTES) chunks.push(chunk);
      else resolve("too-large");
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("close", () => resolve(undefined));
    request.once("error", () => resolve(undefined));
  });
}

function isJson(type: string | undefined): boolean {
  return /^application\/json *(?:;|$)/i.test(type ?? "");
}

function tooLarge(): Reply {
  return problem(413, `the body is larger than ${MOST_BYTES} bytes`, { headers: { connection: "close" } });
}

function refused(reply: Reply): Body {
  return { kind: "refused", reply };
}
