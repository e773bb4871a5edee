// The world of a program that runs within the test: what it printed is text, and signals are emitted.

import { EventEmitter } from "node:events";
import type { Surface } from "../../src/cli/surface.ts";
import type { Terminal } from "../../src/cli/top/terminal.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { withDeadline } from "../support/deadline.ts";

export interface FakeSurface extends Surface {
  readonly events: EventEmitter;
  printed(): string;
  complained(): string;
  /** The first match in what was printed or complained, past or to come. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface FakeSurfaceOptions {
  readonly argv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly terminals?: { readonly stdout: boolean; readonly stderr: boolean };
  readonly columns?: number;
  readonly clock?: Clock;
  readonly terminal?: Terminal;
}

export function createFakeSurface(options: FakeSurfaceOptions = {}): FakeSurface {
  const { argv = [], environment = {}, terminals = { stdout: false, stderr: false }, clock = systemClock } = options;
  const texts = { printed: "", complained: "" };
  const waiting = new Set<() => void>();

  function add(where: keyof typeof texts, text: string): void {
    texts[where] += text;
    for (const check of waiting) check();
  }

  return {
    argv,
    environment,
    terminals,
    columns: options.columns,
    clock,
    events: new EventEmitter(),
    terminal: options.terminal,
    print: (text) => add("printed", text),
    flushed: () => Promise.resolve(true),
    complain: (text) => add("complained", text),
    printed: () => texts.printed,
    complained: () => texts.complained,
    seen(pattern) {
      const found = new Promise<RegExpExecArray>((resolve) => {
        const check = (): void => {
          const match = pattern.exec(texts.printed) ?? pattern.exec(texts.complained);
          if (match === null) return;
          waiting.delete(check);
          resolve(match);
        };
        waiting.add(check);
        check();
      });
      return withDeadline(found, () => `${String(pattern)}, after\n${texts.printed}\n${texts.complained}`);
    },
  };
}
