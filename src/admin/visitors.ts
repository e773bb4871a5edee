// Who is connected, bounded: the admin address never has more descriptors than it was given, and a crowd of one address
// never keeps others out.

import type { Socket } from "node:net";

interface Visitor {
  readonly socket: Socket;
  readonly from: string;
  /** An answer to it is being made, or is made for as long as it lasts. */
  isServed: boolean;
}

/** Descriptors that the admin address may use, of so many that the process may have open. */
export function visitorLimit(descriptors: number): number {
  return Math.min(128, Math.max(32, Math.floor(descriptors / 64)));
}

/**
 * When it is full, a newcomer takes the place of whoever of the largest crowd has been there longest without being
 * served: of those who are idle, who send a request slowly or don't read its answer. So a probe gets through.
 */
export class Visitors {
  readonly #limit: number;
  /** In the order in which they came, or were served last. */
  readonly #visitors = new Map<Socket, Visitor>();
  readonly #crowds = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#visitors.size;
  }

  enter(socket: Socket, from: string): void {
    if (this.#visitors.size >= this.#limit && !this.#makeRoom()) {
      socket.destroy();
      return;
    }
    this.#visitors.set(socket, { socket, from, isServed: false });
    this.#crowds.set(from, (this.#crowds.get(from) ?? 0) + 1);
    socket.once("close", () => this.#leave(socket));
  }

  /** It has asked for something, and sent all of it. @returns what is called when there is an answer. */
  serve(socket: Socket): () => void {
    const visitor = this.#visitors.get(socket);
    if (visitor === undefined) return () => {};
    visitor.isServed = true;
    return () => {
      visitor.isServed = false;
      if (this.#visitors.delete(socket)) this.#visitors.set(socket, visitor);
    };
  }

  close(): void {
    for (const socket of this.#visitors.keys()) socket.destroy();
  }

  #makeRoom(): boolean {
    let chosen: Visitor | undefined;
    let crowd = 0;
    for (const visitor of this.#visitors.values()) {
      const size = this.#crowds.get(visitor.from) ?? 0;
      if (visitor.isServed || size <= crowd) continue;
      chosen = visitor;
      crowd = size;
    }
    if (chosen === undefined) return false;
    // Its close event comes later.
    this.#leave(chosen.socket);
    chosen.socket.destroy();
    return true;
  }

  #leave(socket: Socket): void {
    const visitor = this.#visitors.get(socket);
    if (visitor === undefined) return;
    this.#visitors.delete(socket);
    const left = (this.#crowds.get(visitor.from) ?? 1) - 1;
    if (left > 0) this.#crowds.set(visitor.from, left);
    else this.#crowds.delete(visitor.from);
  }
}
