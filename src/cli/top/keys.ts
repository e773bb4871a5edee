// Keys out of what a terminal sends.

export type Key =
  | {
      readonly kind:
        | "up"
        | "down"
        | "page-up"
        | "page-down"
        | "home"
        | "end"
        | "enter"
        | "escape"
        | "backspace"
        | "interrupt";
    }
  | { readonly kind: "character"; readonly character: string };

// In the forms of xterm, in both of its cursor modes, and of the Linux console.
const sequences: ReadonlyMap<string, Key> = new Map<string, Key>([
  ["\u001b[A", { kind: "up" }],
  ["\u001bOA", { kind: "up" }],
  ["\u001b[B", { kind: "down" }],
  ["\u001bOB", { kind: "down" }],
  ["\u001b[5~", { kind: "page-up" }],
  ["\u001b[6~", { kind: "page-down" }],
  ["\u001b[H", { kind: "home" }],
  ["\u001bOH", { kind: "home" }],
  ["\u001b[1~", { kind: "home" }],
  ["\u001b[7~", { kind: "home" }],
  ["\u001b[F", { kind: "end" }],
  ["\u001bOF", { kind: "end" }],
  ["\u001b[4~", { kind: "end" }],
  ["\u001b[8~", { kind: "end" }],
  ["\r", { kind: "enter" }],
  ["\n", { kind: "enter" }],
  ["\u007f", { kind: "backspace" }],
  ["\b", { kind: "backspace" }],
  ["\u0003", { kind: "interrupt" }],
  ["\u0004", { kind: "interrupt" }],
  ["\u001b", { kind: "escape" }],
]);

// A sequence of a terminal, known or not, in one piece; or one character.
// oxlint-disable-next-line no-control-regex -- that is what it is about
const PIECE = /\u001b\[[0-?]*[ -/]*[@-~]|\u001bO[A-Za-z]|[^]/gu;

/** @param text As it came: one key or several. What means nothing is left out. */
export function keysIn(text: string): readonly Key[] {
  return (text.match(PIECE) ?? []).flatMap((piece): readonly Key[] => {
    const known = sequences.get(piece);
    if (known !== undefined) return [known];
    return /^[^\p{Cc}]$/u.test(piece) ? [{ kind: "character", character: piece }] : [];
  });
}
