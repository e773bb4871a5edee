// `lb-tcp ctl sessions`: page after page, printed as it comes, so that memory does not grow with the list.

import type { Page } from "../../admin/answers.ts";
import { parseCount } from "../../config/count.ts";
import { parseDuration } from "../../config/duration.ts";
import type { LiveSession } from "../../control/sessions.ts";
import { configError, type Problem } from "../../errors.ts";
import type { ExitCode } from "../failure.ts";
import type { Answer } from "../remote/remote.ts";
import { type Column, tableLines } from "../text/columns.ts";
import { bytesText, durationText } from "../text/figures.ts";
import { type Span, span } from "../text/line.ts";
import { ask, type Errand, fail, printLines, queryText, say, wantsJson, widthOf } from "./errand.ts";
import { parseIdentity } from "./identity.ts";

const PAGE_ITEMS = 1_000;
const MOST = { min: 1, max: 1_000_000_000 };

const columns: readonly Column[] = [
  { title: "SESSION" },
  { title: "CLIENT" },
  { title: "LISTENER", dispensable: 2 },
  { title: "BACKEND" },
  { title: "AGE", align: "right" },
  { title: "UP", align: "right" },
  { title: "DOWN", align: "right" },
  { title: "WORKER", align: "right", dispensable: 3 },
];

/** @throws LbError `LB_CONFIG` */
export async function showSessions(errand: Errand): Promise<ExitCode> {
  const { query, limit } = readQuery(errand);
  const isJson = wantsJson(errand);
  const { surface } = errand;
  let count = 0;
  let cursor: string | null = null;
  do {
    const answer = await askPage(errand, query, Math.min(PAGE_ITEMS, limit - count), cursor);
    if (answer.kind !== "answer") return fail(errand, answer);
    const { items } = answer.body;
    if (isJson) surface.print(`${cursor === null ? '{"items":[' : ""}${jsonText(items, count)}`);
    else if (items.length > 0) printLines(errand, pageLines(items, count === 0, widthOf(surface)));
    count += items.length;
    cursor = answer.body.cursor;
    // Whoever reads too slowly would lose lines; whoever has gone wants no more.
    if (!(await surface.flushed())) return 0;
  } while (cursor !== null && count < limit);
  if (isJson) surface.print(`],"cursor":${JSON.stringify(cursor)}}\n`);
  else if (count === 0) say(errand, "no session is like that");
  return 0;
}

function askPage(
  errand: Errand,
  query: Readonly<Record<string, string>>,
  limit: number,
  cursor: string | null,
): Promise<Answer<Page<LiveSession>>> {
  const all = queryText({ ...query, limit: String(limit), ...(cursor === null ? {} : { cursor }) });
  return ask(errand, { method: "GET", path: `/sessions?${all}` });
}

function readQuery({ flags }: Errand): { readonly query: Readonly<Record<string, string>>; readonly limit: number } {
  const problems: Problem[] = [];
  const query: Record<string, string> = {};
  for (const name of ["listener", "pool", "client"]) {
    if (flags[name] !== undefined) query[name] = flags[name];
  }
  if (flags["backend"] !== undefined) query["backend"] = parseIdentity(flags["backend"]).text;
  const age = flags["min-age"] === undefined ? undefined : parseDuration(flags["min-age"]);
  if (age !== undefined && "problem" in age) problems.push({ path: "--min-age", message: age.problem });
  else if (flags["min-age"] !== undefined) query["minAge"] = flags["min-age"];
  const limit = flags["limit"] === undefined ? { value: MOST.max } : parseCount(flags["limit"], MOST);
  if ("problem" in limit) problems.push({ path: "--limit", message: limit.problem });
  if (problems.length > 0) throw configError(problems);
  return { query, limit: "value" in limit ? limit.value : MOST.max };
}

function jsonText(items: readonly LiveSession[], before: number): string {
  return items.map((item, at) => `${before + at === 0 ? "" : ","}\n${JSON.stringify(item)}`).join("");
}

/** Pages stand below each other as one table as long as nothing in one is much longer than in the others. */
function pageLines(items: readonly LiveSession[], isFirst: boolean, width: number): ReturnType<typeof tableLines> {
  const lines = tableLines(columns, items.map(cellsOf), width);
  return isFirst ? lines : lines.slice(1);
}

function cellsOf(session: LiveSession): readonly Span[] {
  return [
    span(session.id.padEnd(LEAST_ID)),
    span(session.client.padEnd(LEAST_CLIENT)),
    span(session.listener),
    span(session.backend ?? session.pool ?? "-"),
    span(durationText(session.durationMs).padStart(LEAST_FIGURE)),
    span(bytesText(session.bytesUp).padStart(LEAST_FIGURE)),
    span(bytesText(session.bytesDown).padStart(LEAST_FIGURE)),
    span(String(session.worker)),
  ];
}

// So that one page's columns are as wide as the next one's.
const LEAST_ID = 20;
const LEAST_CLIENT = 21;
const LEAST_FIGURE = 8;
