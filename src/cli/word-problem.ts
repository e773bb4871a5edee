import type { Problem } from "../errors.ts";
import { printable } from "../wire/quote.ts";

/** A mistake about a word of the command line, which is shown as it was written. */
export function wordProblem(word: string, message: string): Problem {
  // A variable of the shell that is not set leaves an empty word.
  return { path: word === "" ? '""' : printable(word), message };
}
