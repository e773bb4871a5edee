import { LbError, messageOf } from "../errors.ts";

/** 0: an orderly stop. 1: the world refused. 2: what the user wrote can't be used. */
export type ExitCode = 0 | 1 | 2;

// Whatever ends or redraws a line on a terminal; messages of the system and of libraries are not ours to trust.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/** What a user is told about an error, and the exit code: one line for each problem, never a stack trace. */
export function describeFailure(error: unknown): { readonly text: string; readonly code: ExitCode } {
  if (!(error instanceof LbError)) {
    return { text: line(`internal error: ${messageOf(error)}; please report it`), code: 1 };
  }
  const { problems = [] } = error.details;
  if (error.code !== "LB_CONFIG") return { text: line(error.message), code: 1 };
  if (problems.length === 0) return { text: line(error.message), code: 2 };
  return { text: problems.map(({ path, message }) => line(`${path}: ${message}`)).join(""), code: 2 };
}

/** One line of ours on stderr. */
export function line(text: string): string {
  return plainLine(`lb-tcp: ${text}`);
}

/** One line, without a name before it. */
export function plainLine(text: string): string {
  return `${text.replace(UNPRINTABLE, " ")}\n`;
}
