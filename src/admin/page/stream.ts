// The events of the admin address, and what becomes of the connection that they come by.

import type { EventAnswers } from "#answers";

/** How it stands. `locked` until somebody has logged in. */
export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "locked" }
  | { readonly kind: "lost"; readonly why: string; readonly retryAtMs: number };

export type EventHandlers = { readonly [Name in keyof EventAnswers]: (data: EventAnswers[Name]) => void };

export interface StreamOptions extends EventHandlers {
  onConnection(connection: Connection): void;
  /** Why the stream can't be had, which EventSource doesn't tell: `locked`, or a reason for people. */
  diagnose(): Promise<string>;
}

// Figures come every second.
const SILENCE_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;

/** EventSource tries again by itself, but tells nobody when; so each connection here is one EventSource. */
export class Stream {
  readonly #options: StreamOptions;
  #source: EventSource | undefined;
  #silence: number | undefined;
  #retry: number | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** At once, whatever was planned. */
  connect(): void {
    this.#leave();
    this.#options.onConnection({ kind: "connecting" });
    const source = new EventSource("api/v1/events");
    this.#source = source;
    this.#hear(source, "history");
    this.#hear(source, "stats");
    this.#hear(source, "backend");
    this.#hear(source, "config");
    this.#hear(source, "audit");
    source.addEventListener("error", () => void this.#failed(source));
    this.#expectSomething(source);
  }

  #hear<Name extends keyof EventAnswers>(source: EventSource, name: Name): void {
    source.addEventListener(name, ({ data }: MessageEvent<string>) => {
      if (source !== this.#source) return;
      this.#expectSomething(source);
      this.#options.onConnection({ kind: "live" });
      this.#retryMs = FIRST_RETRY_MS;
      this.#options[name](JSON.parse(data));
    });
  }

  #expectSomething(source: EventSource): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (source === this.#source) this.#lose(`nothing has come for ${SILENCE_MS / 1_000} s`);
    }, SILENCE_MS);
  }

  async #failed(source: EventSource): Promise<void> {
    if (source !== this.#source) return;
    this.#leave();
    const why = await this.#options.diagnose();
    // Somebody may have asked for another connection meanwhile.
    if (!this.#isIdle()) return;
    if (why === "locked") this.#options.onConnection({ kind: "locked" });
    else this.#lose(why);
  }

  #lose(why: string): void {
    this.#leave();
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, waitMs * 2);
    this.#retry = setTimeout(() => this.connect(), waitMs);
    this.#options.onConnection({ kind: "lost", why, retryAtMs: Date.now() + waitMs });
  }

  #isIdle(): boolean {
    return this.#source === undefined && this.#retry === undefined;
  }

  #leave(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#source?.close();
    this.#source = undefined;
  }
}
