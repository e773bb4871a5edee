// One request of a connection at a time. Who sends the next ones without waiting for the answers (RFC 9112, 9.3.2) gets
// them in turn: Node would begin all of them at once, and keep all their answers in memory for whoever doesn't read.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests that may wait for the one before them. Browsers, curl and Prometheus send none ahead. */
const MOST_AHEAD = 16;

/** The request and the response as far as they matter here. */
export interface Turn {
  readonly request: Pick<IncomingMessage, "socket">;
  readonly response: Pick<ServerResponse, "once">;
  begin(): void;
}

/** Whose turn it is on each connection, bounded. */
export class Turns {
  /** Those that wait; there is a list as long as one is being answered. */
  readonly #waiting = new WeakMap<Socket, Turn[]>();

  /** Begins it now, or once those before it have been answered. Who sends too many ahead loses the connection. */
  take(turn: Turn): void {
    const { socket } = turn.request;
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) {
      this.#waiting.set(socket, []);
      this.#begin(turn);
    } else if (waiting.length < MOST_AHEAD) waiting.push(turn);
    else {
      waiting.length = 0;
      socket.destroy();
    }
  }

  #begin(turn: Turn): void {
    turn.response.once("close", () => this.#next(turn.request.socket));
    turn.begin();
  }

  #next(socket: Socket): void {
    const turn = socket.destroyed ? undefined : this.#waiting.get(socket)?.shift();
    // A connection that has gone keeps its list: what Node still has of its requests is not begun.
    if (turn !== undefined) this.#begin(turn);
    else if (!socket.destroyed) this.#waiting.delete(socket);
  }
}
