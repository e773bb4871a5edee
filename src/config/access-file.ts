// The files of access lists: an address or CIDR a line, # starts a comment.

import type { Problem } from "../errors.ts";
import { messageOf, systemCode } from "../errors.ts";
import { formatCidr, parseCidrLines } from "../wire/cidr.ts";
import { printable } from "../wire/quote.ts";
import type { UnreadAccess } from "./access-schema.ts";
import type { AccessConfig } from "./config.ts";
import { grouped } from "./count.ts";

/** The text of a file; throws what the system says. */
export type ReadText = (path: string) => string;

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["EISDIR", "it is a folder; name a file in it"],
  ["EACCES", "this user may not read it"],
]);

// Nobody mends more at once, and a file of something else entirely has a million.
const MOST_PROBLEMS = 10;

/** The list with what its files hold. Problems go to `problems`, as those of `path`. */
export function readAccess(
  access: UnreadAccess | undefined,
  path: string,
  read: ReadText,
  problems: Problem[],
): AccessConfig | undefined {
  if (access === undefined) return undefined;
  const { allow, deny, allowFile, denyFile } = access;
  const allowed = allowFile === undefined ? [] : entriesOf(allowFile, `${path}.allowFile`, read, problems);
  const denied = denyFile === undefined ? [] : entriesOf(denyFile, `${path}.denyFile`, read, problems);
  const isEverybody = allow === undefined && allowFile === undefined;
  return { allow: isEverybody ? undefined : [...(allow ?? []), ...allowed], deny: [...deny, ...denied] };
}

function entriesOf(file: string, path: string, read: ReadText, problems: Problem[]): readonly string[] {
  let text: string;
  try {
    text = read(file);
  } catch (error) {
    problems.push({ path, message: unreadable(file, error) });
    return [];
  }
  const parsed = parseAccessFile(text, printable(file));
  problems.push(...parsed.problems);
  return parsed.entries;
}

/** What a file holds, and what is wrong with it, each problem with its line. */
export function parseAccessFile(
  text: string,
  file: string,
): { readonly entries: readonly string[]; readonly problems: readonly Problem[] } {
  const { cidrs, problems } = parseCidrLines(text.replace(/^\uFEFF/, ""));
  const told = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ line, problem }) => ({ path: `${file}:${line}:1`, message: problem }));
  const rest = problems.length - told.length;
  const more = rest > 0 ? [{ path: file, message: `${grouped(rest)} further lines are wrong, too` }] : [];
  return { entries: cidrs.map(formatCidr), problems: [...told, ...more] };
}

/** Why a file that was named can't be used. */
export function unreadable(file: string, error: unknown): string {
  const why = REASONS.get(systemCode(error) ?? "") ?? messageOf(error);
  return `${printable(file)} can't be read: ${why}`;
}
