// One run of `lb-tcp ctl`: what was asked for, whom to ask, and where the answer goes.

import type { Page } from "../../admin/answers.ts";
import { nearest } from "../../config/suggestion.ts";
import type { ExitCode } from "../failure.ts";
import { line, plainLine } from "../failure.ts";
import type { Arguments } from "../remote/arguments.ts";
import { ADMIN_VARIABLE, TOKEN_VARIABLE } from "../remote/place.ts";
import type { Answer, Failure, Question, Remote } from "../remote/remote.ts";
import type { Surface } from "../surface.ts";
import { type Cell, type Column, tableLines } from "../text/columns.ts";
import { type Line, type Palette, paintLines } from "../text/line.ts";

export type ErrandSurface = Pick<
  Surface,
  "print" | "complain" | "flushed" | "events" | "clock" | "environment" | "terminals" | "columns"
>;

export interface Errand {
  readonly remote: Remote;
  readonly flags: Arguments["flags"];
  readonly words: readonly string[];
  readonly surface: ErrandSurface;
}

/** At most so many items in one answer. */
const PAGE_ITEMS = 1_000;
/** More pages than any list of ours has: a server that repeats a cursor is not asked for ever. */
const MOST_PAGES = 1_000;

export function ask<Body>({ remote }: Errand, question: Question): Promise<Answer<Body>> {
  return remote.ask<Body>(question);
}

/** A list as one page, however many its pages are. */
export async function askAll<Item>({ remote }: Errand, path: string): Promise<Answer<Page<Item>>> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = queryText({ limit: String(PAGE_ITEMS), ...(cursor === null ? {} : { cursor }) });
    const answer: Answer<Page<Item>> = await remote.ask({ method: "GET", path: `${path}?${query}` });
    if (answer.kind !== "answer") return answer;
    items.push(...answer.body.items);
    cursor = answer.body.cursor;
    if (cursor === null) break;
  }
  return { kind: "answer", status: 200, body: { items, cursor } };
}

/** `name=value&…`, without a question mark. */
export function queryText(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString();
}

export function wantsJson({ flags }: Errand): boolean {
  return flags["json"] !== undefined;
}

export function printJson({ surface }: Errand, body: unknown): ExitCode {
  surface.print(`${JSON.stringify(body, null, 2)}\n`);
  return 0;
}

export function printLines({ surface }: Errand, lines: readonly Line[]): ExitCode {
  surface.print(paintLines(lines, paletteOf(surface)));
  return 0;
}

/** @param none What is said where there is no row. */
export function printTable(
  errand: Errand,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  none: string,
): ExitCode {
  if (rows.length === 0) return say(errand, none);
  return printLines(errand, tableLines(columns, rows, widthOf(errand.surface)));
}

/** One sentence on stdout. */
export function say({ surface }: Errand, text: string): ExitCode {
  surface.print(plainLine(text));
  return 0;
}

/** Where nobody looks, nothing is cut off. */
export function widthOf({ terminals, columns }: Pick<Surface, "terminals" | "columns">): number {
  return terminals.stdout ? (columns ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

/** What stdout can show. */
export function paletteOf({ terminals, environment }: Pick<Surface, "terminals" | "environment">): Palette {
  if (!terminals.stdout || environment["TERM"] === "dumb") return "none";
  return (environment["NO_COLOR"] ?? "") === "" ? "colors" : "no-colors";
}

/** Says why there is no answer. @returns 1 when nobody answers, 2 when it was refused. */
export function fail({ surface, remote }: Pick<Errand, "surface" | "remote">, failure: Failure): ExitCode {
  for (const text of failureTexts(remote, failure)) surface.complain(line(text));
  if (failure.kind === "unreachable") return 1;
  // What it can't do now it may do later; 501 is for what it can't do at all.
  return failure.status >= 500 && failure.status !== 501 ? 1 : 2;
}

/** What is wrong, a line each, and what to do. */
export function failureTexts({ place }: Pick<Remote, "place">, failure: Failure): readonly string[] {
  if (failure.kind === "unreachable") {
    const remedy = `is lb-tcp running with --admin ${place.text}? --admin or ${ADMIN_VARIABLE} names another address`;
    return [`${place.text}: ${failure.reason}; ${remedy}`];
  }
  const { problem, status } = failure;
  const problems = (problem.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
  if (problems.length > 0) return problems;
  if (status !== 401) return [problem.detail];
  const remedy =
    place.tokenFile === undefined
      ? `give its token: --admin-token-file FILE or ${TOKEN_VARIABLE}`
      : `the token came from ${place.tokenFile}`;
  return [`${place.text}: ${problem.detail}`, remedy];
}

/** What was meant by a name that is none: `; did you mean web/b2?`. */
export function meant(name: string, known: readonly string[]): string {
  const found = nearest(name, known);
  return found === undefined ? "" : `; did you mean ${found}?`;
}
