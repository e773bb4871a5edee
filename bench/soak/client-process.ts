// A process with clients for the soak: short sessions, and beside them aborted ones, so many at once of each.

import { answerCommands } from "../load/answer-commands.ts";
import { runSession, type SessionResult } from "./client-session.ts";
import { drawAborted, drawShort } from "./plan.ts";

/** `start` answers at once, `counts` with what has happened so far. */
export interface ClientCommand {
  readonly kind: "start" | "counts";
  readonly port: number;
  readonly connections: number;
  readonly aborts: number;
  /** Different for each process: no two sessions of a soak have the same. */
  readonly firstSeed: number;
}

export interface ClientCounts {
  readonly short: number;
  readonly aborted: number;
  /** Of the short ones, and of no others: how those ended that did not end in order. */
  readonly failed: Readonly<Record<string, number>>;
  /** By their kind. */
  readonly aborts: Readonly<Record<string, number>>;
  /** Sessions whose streams held bytes that belong elsewhere. */
  readonly foreign: number;
  /** Sessions whose stream was cut, and ended as a complete one does. */
  readonly cutClean: number;
  /** By kind, those that nobody closed. */
  readonly hanging: Readonly<Record<string, number>>;
  readonly isDone: boolean;
}

const SHORT_AT_ONCE = 24;
const ABORTED_AT_ONCE = 12;

const failed: Record<string, number> = {};
const aborts: Record<string, number> = {};
const hanging: Record<string, number> = {};
let short = 0;
let aborted = 0;
let foreign = 0;
let cutClean = 0;
let seed = 0;
let isDone = false;

answerCommands((command: ClientCommand) => {
  if (command.kind === "start") void run(command);
  const counts: ClientCounts = { short, aborted, failed, aborts, foreign, cutClean, hanging, isDone };
  return Promise.resolve(counts);
});

async function run({ port, connections, aborts: abortCount, firstSeed }: ClientCommand): Promise<void> {
  seed = firstSeed;
  let begun = 0;
  let begunAborts = 0;
  // Spread over the whole run: an aborted session is due for so many short ones.
  const isDue = (): boolean => begunAborts * connections <= begun * abortCount;

  async function runShort(): Promise<void> {
    while (begun < connections) {
      begun++;
      note("short", await runSession(port, drawShort(Math.random), seed++));
    }
  }
  async function runAborted(): Promise<void> {
    while (begunAborts < abortCount) {
      if (!isDue()) await new Promise((resolve) => setTimeout(resolve, 1));
      else {
        begunAborts++;
        note("aborted", await runSession(port, drawAborted(Math.random), seed++));
      }
    }
  }
  await Promise.all([
    ...Array.from({ length: SHORT_AT_ONCE }, runShort),
    ...Array.from({ length: ABORTED_AT_ONCE }, runAborted),
  ]);
  isDone = true;
}

function note(group: "short" | "aborted", { kind, end, isForeign, isCutClean }: SessionResult): void {
  if (isForeign) foreign++;
  if (isCutClean) cutClean++;
  if (end === "hanging") add(hanging, kind);
  if (group === "short") {
    short++;
    if (end !== "complete") add(failed, end);
  } else {
    aborted++;
    add(aborts, kind);
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
