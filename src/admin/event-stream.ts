// Who listens to server-sent events, and what they are sent. A reader that is too slow misses figures, and is let go
// before it costs memory.

import type { ServerResponse } from "node:http";
import { problem, type Reply } from "./reply.ts";

/** `stats` once a second, the others when something has happened. */
export type EventName = "history" | "stats" | "backend" | "config" | "audit";

/** Unread by then, figures are left out: those of the next second are better. */
const SKIP_BYTES = 256 * 1024;
/** Unread by then, the reader is gone: what has happened may not be left out. */
const LET_GO_BYTES: number = 4 * 2 ** 20;
/** After which a browser comes back. */
const RETRY_MS = 2_000;

export class EventStream {
  readonly #readers = new Set<ServerResponse>();

  readonly #limit: number;

  /** @param limit how many may listen at once. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isWatched(): boolean {
    return this.#readers.size > 0;
  }

  /** @param first what a new reader is sent at once. */
  admit(first: () => readonly (readonly [EventName, unknown])[]): Reply {
    if (this.#readers.size >= this.#limit) {
      return problem(503, `${this.#limit} listen already; close a dashboard, or ask again later`, {
        headers: { "retry-after": "10" },
      });
    }
    const headers = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" };
    return {
      kind: "stream",
      headers,
      open: (response) => {
        this.#readers.add(response);
        response.once("close", () => this.#readers.delete(response));
        response.write(
          `retry: ${RETRY_MS}\n\n${first()
            .map(([name, data]) => frame(name, data))
            .join("")}`,
        );
      },
    };
  }

  /** To all who listen. */
  send(name: EventName, data: unknown): void {
    if (!this.isWatched) return;
    const text = frame(name, data);
    for (const reader of this.#readers) {
      if (reader.writableLength > LET_GO_BYTES) reader.destroy();
      else if (name !== "stats" || reader.writableLength <= SKIP_BYTES) reader.write(text);
    }
  }

  close(): void {
    for (const reader of this.#readers) reader.destroy();
    this.#readers.clear();
  }
}

/** JSON has no line ends of its own, so a frame is one line of data. */
function frame(name: EventName, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
