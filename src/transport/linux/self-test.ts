// Whether the linux transport works here. A container may forbid single system calls (seccomp), a kernel may lack some,
// koffi may not be installed: so a connection is made with itself, and a byte goes around.

import { systemClock } from "../../clock.ts";
import { messageOf } from "../../errors.ts";
import type { Connection, DialFailure } from "../transport.ts";
import { closeBell, openBell, ringBell } from "./bell.ts";
import { LinuxConnection } from "./connection.ts";
import { codeOf } from "./errno.ts";
import { openTcpSockets } from "./listening-sockets.ts";
import { Loop } from "./loop.ts";
import { type Pipe, Pipes } from "./pipes.ts";
import { systemCalls } from "./system-calls.ts";
import { createLinuxTransport, type LinuxTransport } from "./transport.ts";

const LOOPBACKS = ["127.0.0.1", "::1"] as const;
const OPTIONS = { backlog: 1, keepaliveMs: 60_000 };
/** At loopback each step takes one turn; together half a second at most. */
const TURNS = 50;
const LONGEST_TURN_MS = 10;

/** Undefined where the linux transport works here; otherwise why not, in words for a log line. */
export function whyNotLinux(): string | undefined {
  if (process.platform !== "linux") return `it needs Linux, and this is ${process.platform}`;
  if (process.arch !== "x64" && process.arch !== "arm64") return `it needs x64 or arm64, and this is ${process.arch}`;
  try {
    systemCalls();
  } catch (error) {
    return `the optional package koffi can't be loaded: ${firstLineOf(error)}`;
  }
  try {
    return LOOPBACKS.map(exchange).every((problem) => problem !== undefined) ? exchange(LOOPBACKS[0]) : undefined;
  } catch (error) {
    return firstLineOf(error);
  }
}

/** Not the stack that some loaders put into their messages. */
function firstLineOf(error: unknown): string {
  return messageOf(error).split("\n", 1)[0] ?? "";
}

/** @returns what went wrong. */
function exchange(ip: string): string | undefined {
  const transport = createLinuxTransport({ clock: systemClock });
  try {
    return new Exchange(transport).run(ip);
  } finally {
    transport.close();
  }
}

/** One connection of a transport with itself. */
class Exchange {
  readonly #transport: LinuxTransport;
  #accepted: Connection | undefined;
  #dialled: Connection | undefined;
  #failure: string | undefined;
  #hasRung = false;
  #open = 0;
  #prefixes = 0;

  constructor(transport: LinuxTransport) {
    this.#transport = transport;
  }

  run(ip: string): string | undefined {
    const bell = openBell();
    try {
      this.#transport.watchBell(bell, () => {
        this.#hasRung = true;
      });
      ringBell(bell);
      return this.#connect(ip);
    } catch (error) {
      return firstLineOf(error);
    } finally {
      this.#accepted?.reset();
      this.#dialled?.reset();
      this.#until(() => this.#open === 0);
      closeBell(bell);
    }
  }

  #connect(ip: string): string | undefined {
    const sockets = openTcpSockets({ kind: "ip", ip, port: 0 }, OPTIONS, 1);
    const listener = this.#transport.accept(sockets.descriptorOf(0), sockets.address, OPTIONS, {
      isFull: () => false,
      onConnection: (connection) => {
        this.#accepted = this.#owned(connection);
        connection.peek(0);
      },
      onAcceptFailed: (code) => {
        this.#failure = `accept4: ${code}`;
      },
    });
    this.#transport.dial(sockets.address, OPTIONS, {
      ...this.#handler,
      onDialled: (connection) => {
        this.#dialled = this.#owned(connection);
        connection.write(Buffer.from("?"));
      },
      onDialFailed: ({ code }: DialFailure) => {
        this.#failure = `connect: ${code}`;
      },
    });
    const isAnswered = this.#until(() => this.#failure !== undefined || (this.#hasRung && this.#prefixes === 1));
    sockets.refuseNew();
    listener.close();
    sockets.close();
    if (this.#failure !== undefined) return this.#failure;
    return isAnswered ? this.#splice() : "no event came for a connection over loopback";
  }

  /** The byte goes back through a pipe. */
  #splice(): string | undefined {
    const { accepted, dialled } = { accepted: this.#accepted, dialled: this.#dialled };
    if (!(accepted instanceof LinuxConnection) || dialled === undefined) return "a connection over loopback was lost";
    const loop = new Loop({ clock: systemClock });
    const pipes = new Pipes(loop);
    try {
      const pipe = pipes.take();
      if (pipe === undefined) return `pipe2: ${codeOf(loop.calls.errno())}`;
      const problem = this.#goAround(pipe, accepted, loop);
      pipes.giveBack(pipe);
      if (problem !== undefined) return problem;
      dialled.peek(0);
      return this.#until(() => this.#prefixes === 2) ? undefined : "a byte through a pipe did not arrive";
    } finally {
      pipes.close();
      loop.close();
    }
  }

  #goAround(pipe: Pipe, { descriptor }: LinuxConnection, { calls }: Loop): string | undefined {
    if (pipe.fill(descriptor, 1) !== 1) return `splice: ${codeOf(calls.errno())}`;
    const errno = pipe.empty(descriptor);
    return errno === 0 ? undefined : `splice: ${codeOf(errno)}`;
  }

  readonly #handler = {
    onPrefix: (): void => {
      this.#prefixes++;
    },
    onConnectionClosed: (): void => {
      this.#open--;
    },
  };

  #owned(connection: Connection): Connection {
    this.#open++;
    connection.own(this.#handler);
    return connection;
  }

  #until(isTrue: () => boolean): boolean {
    for (let turn = 0; turn < TURNS && !isTrue(); turn++) this.#transport.turn(LONGEST_TURN_MS);
    return isTrue();
  }
}
