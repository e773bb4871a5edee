// An admin address that answers what a test says, and remembers what it was asked.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProblemAnswer } from "../../../src/admin/answers.ts";

export interface Asked {
  readonly method: string;
  /** Below /api/v1, with its query. */
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
  readonly host: string | undefined;
}

export interface FakeReply {
  readonly status?: number;
  readonly body?: unknown;
  readonly type?: string;
  /** Sent instead of a body of JSON. */
  readonly text?: string;
  /** Nothing is answered at all. */
  readonly silent?: boolean;
}

export interface FakeAdmin extends AsyncDisposable {
  /** As --admin takes it. */
  readonly address: string;
  readonly asked: readonly Asked[];
  /** To all who follow the events now. */
  send(event: string, data: unknown): void;
  /** Ends every stream of events. */
  breakOff(): void;
}

export type Answering = (asked: Asked) => FakeReply | undefined;

/** @param answering undefined is answered 404; /events is served by the fake itself unless that is answered. */
export async function startFakeAdmin(answering: Answering, listen: { path?: string } = {}): Promise<FakeAdmin> {
  const asked: Asked[] = [];
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => {
    if (listen.path === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(listen.path, resolve);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const question: Asked = {
      method: request.method ?? "",
      path: (request.url ?? "").replace("/api/v1", ""),
      body: text === "" ? undefined : JSON.parse(text),
      authorization: request.headers.authorization,
      host: request.headers.host,
    };
    asked.push(question);
    const reply = answering(question);
    if (reply === undefined && question.path === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      streams.add(response);
      response.on("close", () => streams.delete(response));
      return;
    }
    const {
      status = 200,
      body,
      type = "application/json",
      text: raw,
      silent,
    } = reply ?? problemReply(404, "no such path");
    if (silent === true) return;
    response.writeHead(status, { "content-type": type });
    response.end(raw ?? (body === undefined ? "" : JSON.stringify(body)));
  }

  const bound = server.address();
  return {
    address: listen.path === undefined ? `127.0.0.1:${(bound as AddressInfo).port}` : `unix:${listen.path}`,
    asked,
    send(event, data) {
      for (const stream of streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    breakOff() {
      for (const stream of streams) stream.destroy();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function problemReply(status: number, detail: string, more: Partial<ProblemAnswer> = {}): FakeReply {
  const body: ProblemAnswer = { type: "about:blank", title: "Refused", status, detail, ...more };
  return { status, body, type: "application/problem+json" };
}
