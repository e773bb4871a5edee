import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { Turns } from "../../src/admin/turns.ts";

/** A connection on which requests come in, which remembers those that have begun. */
class FakeConnection {
  readonly begun: number[] = [];
  readonly #turns: Turns;
  readonly #responses: EventEmitter[] = [];
  readonly #socket = {
    destroyed: false,
    destroy(): void {
      this.destroyed = true;
    },
  };

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed;
  }

  send(count: number): void {
    for (let sent = 0; sent < count; sent++) {
      const number = this.#responses.length;
      const response = new EventEmitter();
      this.#responses.push(response);
      this.#turns.take({
        request: { socket: this.#socket as unknown as Socket } satisfies Pick<IncomingMessage, "socket">,
        response: response as unknown as ServerResponse,
        begin: () => this.begun.push(number),
      });
    }
  }

  answered(number: number): void {
    this.#responses[number]?.emit("close");
  }

  lose(): void {
    this.#socket.destroy();
  }
}

describe("Turns", () => {
  it("begin a request once the one before it on the connection has been answered, in their order", () => {
    const connection = new FakeConnection(new Turns());
    connection.send(3);
    assert.deepEqual(connection.begun, [0]);
    connection.answered(0);
    assert.deepEqual(connection.begun, [0, 1]);
    connection.answered(1);
    connection.answered(2);
    connection.send(1);
    assert.deepEqual(connection.begun, [0, 1, 2, 3]);
  });

  it("are each connection's own", () => {
    const turns = new Turns();
    const [one, other] = [new FakeConnection(turns), new FakeConnection(turns)];
    one.send(2);
    other.send(2);
    assert.deepEqual([one.begun, other.begun], [[0], [0]]);
  });

  it("let go of whoever sends more than 16 ahead, and begin nothing more of it", () => {
    const connection = new FakeConnection(new Turns());
    connection.send(17);
    assert.equal(connection.isDestroyed, false);
    connection.send(1);
    assert.equal(connection.isDestroyed, true);
    connection.answered(0);
    connection.send(5);
    assert.deepEqual(connection.begun, [0]);
  });

  it("begin nothing of a connection that was lost meanwhile", () => {
    const connection = new FakeConnection(new Turns());
    connection.send(3);
    connection.lose();
    connection.answered(0);
    connection.send(1);
    assert.deepEqual(connection.begun, [0]);
  });
});
