import type { Clock } from "../clock.ts";
import type { Activation } from "./activation.ts";
import type { SignalSource } from "./signals.ts";
import type { Terminal } from "./top/terminal.ts";

/** What a program has of the world. */
export interface Surface {
  /** Without the program itself. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Which of them a person looks at. */
  readonly terminals: { readonly stdout: boolean; readonly stderr: boolean };
  /** Of the terminal, where there is one. */
  readonly columns: number | undefined;
  /** Signals, and errors that nobody caught: the process. */
  readonly events: SignalSource;
  readonly clock: Clock;
  /** Sockets that it was started with. Default: none. */
  readonly activation?: Activation;
  /** The whole of the terminal; undefined where stdin or stdout is none. */
  readonly terminal: Terminal | undefined;
  /** To stdout. */
  readonly print: (text: string) => void;
  /** Resolves when that is out: with false when nobody reads it any more. */
  readonly flushed: () => Promise<boolean>;
  /** To stderr. */
  readonly complain: (text: string) => void;
}
