// Server-sent events out of text that comes in pieces, https://html.spec.whatwg.org/multipage/server-sent-events.html.

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** More than an event of ours ever has. */
const LONGEST = 64 * 2 ** 20;

/** Pieces in, events out. */
export class EventReader {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #length = 0;

  /** @returns the events that have ended in it; undefined where an event has no end. */
  read(piece: string): readonly ServerEvent[] | undefined {
    const events: ServerEvent[] = [];
    const lines = `${this.#rest}${piece}`.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") this.#end(events);
      else this.#take(line);
    }
    return this.#length + this.#rest.length > LONGEST ? undefined : events;
  }

  #take(line: string): void {
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") {
      this.#data.push(value);
      this.#length += value.length;
    }
  }

  #end(events: ServerEvent[]): void {
    if (this.#data.length > 0) events.push({ event: this.#event || "message", data: this.#data.join("\n") });
    this.#event = "";
    this.#data = [];
    this.#length = 0;
  }
}
