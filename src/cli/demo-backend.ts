// A small HTTP backend to try a balancer with.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock, Timer } from "../clock.ts";
import { type ErrorCode, LbError, messageOf, systemCode } from "../errors.ts";
import { formatHostPort, plainIp } from "../wire/address.ts";
import { printable } from "../wire/quote.ts";

export interface DemoBackendOptions {
  readonly name: string;
  /** Without one: every address of the machine. */
  readonly host: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  /** One line, for people. */
  readonly say: (text: string) => void;
  /** How long `/die` lasts where the request does not say. Milliseconds; Infinity stays dead. */
  readonly deadForMs: number;
  /** It has died and will not come back. */
  readonly onDead?: () => void;
}

export interface DemoBackend {
  readonly port: number;
  /** Stops, and cuts what is open. Idempotent. */
  close(): Promise<void>;
}

const LONGEST_WAIT_MS = 60_000;
const MOST_BYTES = 10 * 2 ** 30;
const CHUNK: Buffer = Buffer.alloc(64 * 1024, "lb-tcp ");

/** @throws LbError `LB_ADDRESS_IN_USE`, `LB_PRIVILEGE`, `LB_LISTEN` */
export async function startDemoBackend(options: DemoBackendOptions): Promise<DemoBackend> {
  const { name, host, clock, say, onDead } = options;
  const server = createServer(answer);
  let state: "starting" | "up" | "dead" | "closed" = "starting";
  let revival: Timer | undefined;
  // Such as EMFILE. Without a listener it would end the process.
  server.on("error", (error) => {
    if (state === "up") say(`${name}: ${messageOf(error)}`);
  });
  const port = await listen(server, host, options.port);
  state = "up";
  // The wording of go-load-balancer's backends, whose users look for it.
  say(`Starting backend server on ${formatHostPort(host ?? "", port)} (${name})`);

  return {
    port,
    close() {
      state = "closed";
      revival?.cancel();
      return stop(server);
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { remoteAddress = "?", remotePort = 0 } = request.socket;
    const client = formatHostPort(plainIp(remoteAddress), remotePort);
    say(`${name}: Received request from ${client}: ${printable(`${request.method} ${request.url}`)}`);
    // So that a browser's reload opens a new connection, and comes to another backend.
    response.setHeader("Connection", "close");
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    const [path = "/", query] = (request.url ?? "/").split("?", 2);
    const number = (key: string, fallback: number, most: number): number =>
      bounded(new URLSearchParams(query).get(key), fallback, most);
    switch (path) {
      case "/":
        response.end(`backend server is running\nHello from backend server on port: ${port}, name: ${name}\n`);
        return;
      case "/health":
        response.end("ok\n");
        return;
      case "/slow":
        answerSlowly(response, number("ms", 1_000, LONGEST_WAIT_MS));
        return;
      case "/bytes":
        sendBytes(response, number("n", 1_024, MOST_BYTES));
        return;
      case "/echo":
        request.pipe(response);
        return;
      case "/die":
        die(response, number("ms", options.deadForMs, LONGEST_WAIT_MS));
        return;
      default:
        response.statusCode = 404;
        response.end("there are: / /health /slow?ms=N /bytes?n=N /echo /die?ms=N\n");
    }
  }

  function answerSlowly(response: ServerResponse, delayMs: number): void {
    const timer = clock.setTimer(() => response.end(`waited ${delayMs} ms on ${name}\n`), delayMs);
    response.once("close", () => timer.cancel());
  }

  function die(response: ServerResponse, deadForMs: number): void {
    if (state !== "up") {
      response.end(`${name} is dying already\n`);
      return;
    }
    state = "dead";
    const howLong = Number.isFinite(deadForMs) ? `for ${deadForMs} ms` : "for good";
    say(`${name}: is dead ${howLong}`);
    // First of all, so that whoever has the answer finds nobody any more.
    void stopListening(server).then(() => {
      if (state === "closed") return;
      if (Number.isFinite(deadForMs)) revival = clock.setTimer(revive, deadForMs);
      else onDead?.();
    });
    response.once("close", () => server.closeAllConnections());
    response.end(`${name} dies ${howLong}\n`);
  }

  function revive(): void {
    listen(server, host, port).then(
      () => {
        if (state === "closed") {
          void stop(server);
          return;
        }
        state = "up";
        say(`${name}: is back on port ${port}`);
      },
      (error: unknown) => {
        say(`${name}: could not come back: ${messageOf(error)}`);
        onDead?.();
      },
    );
  }
}

function listen(server: Server, host: string | undefined, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(refusal(error, formatHostPort(host ?? "", port)));
    server.once("error", fail);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeListener("error", fail);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}

function stop(server: Server): Promise<void> {
  const stopped = stopListening(server);
  server.closeAllConnections();
  return stopped;
}

/** Resolves when the last connection has ended as well. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function refusal(cause: Error, address: string): LbError {
  const start = `cannot start a backend on ${address}:`;
  const details = { address };
  const refused = (code: ErrorCode, remedy: string): LbError =>
    new LbError(code, `${start} ${remedy}`, { details, cause });
  switch (systemCode(cause) ?? "") {
    case "EADDRINUSE":
      return refused("LB_ADDRESS_IN_USE", "the port is in use; stop the other process (`ss -ltnp` shows it)");
    case "EACCES":
      return refused("LB_PRIVILEGE", "permission denied; choose a port from 1024 up");
    default:
      return refused("LB_LISTEN", cause.message);
  }
}

function sendBytes(response: ServerResponse, countBytes: number): void {
  response.setHeader("Content-Type", "application/octet-stream");
  response.setHeader("Content-Length", countBytes);
  let left = response.req.method === "HEAD" ? 0 : countBytes;
  const send = (): void => {
    while (left > 0) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (response.write(chunk)) continue;
      response.once("drain", send);
      return;
    }
    response.end();
  };
  send();
}

/** A whole number from a query, at most `most`; `fallback` where it is missing or none. */
function bounded(text: string | null, fallback: number, most: number): number {
  return text !== null && /^\d+$/.test(text) ? Math.min(Number(text), most) : fallback;
}
