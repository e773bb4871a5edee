// A terminal as a whole: taken over, written to, and given back in the state in which it was.

import type { EventEmitter } from "node:events";
import type { ReadStream, WriteStream } from "node:tty";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalHandlers {
  /** What was typed, as it comes. */
  onInput(text: string): void;
  onResize(): void;
  /** It has gone away. */
  onEnd(): void;
}

export interface Terminal {
  readonly size: TerminalSize;
  /** Takes it over: its own screen, no cursor, keys one by one. */
  open(handlers: TerminalHandlers): void;
  /** Shows lines, the first at the top; what was shown before is gone. Left out while the terminal has not taken the last. */
  show(lines: readonly string[]): void;
  /** Gives it back. Idempotent. */
  close(): void;
}

type Input = Pick<ReadStream, "setRawMode" | "on" | "removeListener" | "pause" | "resume" | "setEncoding">;
type Output = Pick<WriteStream, "write" | "columns" | "rows" | "on" | "removeListener" | "writableNeedDrain">;

const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

// xterm's control sequences, https://invisible-island.net/xterm/ctlseqs/ctlseqs.html: the alternate screen (1049), the
// cursor (25), lines that wrap (7). 2026 is a frame in one piece, where the terminal knows it.
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const FRAME_START = "\u001b[?2026h\u001b[H";
const LINE_END = "\u001b[K";
const FRAME_END = "\u001b[J\u001b[?2026l";

/** @param whole The process, whose end gives the terminal back, however it comes about. */
export function createTerminal(
  openInput: () => Input,
  openOutput: () => Output,
  whole: Pick<EventEmitter, "on" | "removeListener"> = process,
): Terminal {
  let opened: { readonly input: Input; readonly output: Output; readonly handlers: TerminalHandlers } | undefined;
  let shown = "";

  const onResize = (): void => {
    shown = "";
    opened?.handlers.onResize();
  };
  const onInput = (text: string): void => opened?.handlers.onInput(text);
  const onEnd = (): void => opened?.handlers.onEnd();

  function close(): void {
    if (opened === undefined) return;
    const { input, output } = opened;
    opened = undefined;
    whole.removeListener("exit", close);
    output.removeListener("resize", onResize);
    input.removeListener("data", onInput);
    input.removeListener("end", onEnd);
    input.setRawMode(false);
    input.pause();
    output.write(LEAVE);
  }

  return {
    get size() {
      const { columns, rows } = openOutput();
      // A terminal that does not know its size says 0.
      return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
    },
    open(handlers) {
      const input = openInput();
      const output = openOutput();
      opened = { input, output, handlers };
      shown = "";
      whole.on("exit", close);
      // Without a listener it would be an uncaught error: the terminal's window was closed.
      input.on("error", onEnd);
      input.setRawMode(true);
      input.setEncoding("utf8");
      input.on("data", onInput);
      input.on("end", onEnd);
      output.on("resize", onResize);
      input.resume();
      output.write(ENTER);
    },
    show(lines) {
      if (opened === undefined || opened.output.writableNeedDrain) return;
      const text = lines.map((line) => `${line}${LINE_END}`).join("\r\n");
      if (text === shown) return;
      shown = text;
      opened.output.write(`${FRAME_START}${text}${FRAME_END}`);
    },
    close,
  };
}
