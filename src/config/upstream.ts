// The value of --upstream: [POOL/][NAME=]ADDRESS[,weight=N][,backup][,max-connections=N], one or several of them.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { parseAddress } from "./address-parser.ts";
import { parseCount, parseCountOr } from "./count.ts";
import { DEFAULT_POOL } from "./defaults.ts";
import { limits } from "./limits.ts";
import { backendNameProblem, nameProblem } from "./name.ts";
import type { BackendOptions } from "./options.ts";
import { didYouMean, nearest } from "./suggestion.ts";

/** A backend of the command line, and the pool that it goes to. */
interface Upstream {
  readonly pool: string;
  readonly backend: BackendOptions;
}

export interface ParsedUpstreams {
  /** Only those without a problem. */
  readonly upstreams: readonly Upstream[];
  readonly problems: readonly string[];
}

type UpstreamOptions = Pick<BackendOptions, "weight" | "backup" | "maxConnections">;

const optionWords = ["weight", "backup", "max-connections"];
const OPTION_FORMS = "the options are weight=N, backup and max-connections=N";

// A pool's and a backend's name end at the first / and =. Whatever holds a colon or a bracket before that is an address:
// unix:/path, http://host, [::1]:80.
const POOL = /^([^:=[\]/]*)\/(.*)$/s;
const NAME = /^([^:=[\]/]*)=(.*)$/s;

/** Each entry stands alone: it inherits neither the pool nor the options of the one before. */
export function parseUpstreams(text: string): ParsedUpstreams {
  const upstreams: Upstream[] = [];
  const problems: string[] = [];
  const found = entries(text);
  for (const [head = "", ...pieces] of found) {
    if (head === "" && found.length > 1) {
      problems.push(`${quote(text)} has an empty entry; remove the comma`);
      continue;
    }
    if (optionWords.includes(wordOf(head))) {
      problems.push(`the option ${quote(head)} has no backend before it; write it after an ADDRESS and a comma`);
      continue;
    }
    const problemsBefore = problems.length;
    const { pool, backend } = parseHead(head, problems);
    const options = parseOptions(pieces, head, problems);
    if (problems.length === problemsBefore) upstreams.push({ pool, backend: { ...backend, ...options } });
  }
  return { upstreams, problems };
}

/** The comma-separated pieces, an entry each with the options that follow it. */
function entries(text: string): string[][] {
  const found: string[][] = [];
  for (const piece of text.split(",").map((each) => each.trim())) {
    const entry = found.at(-1);
    if (entry !== undefined && isOption(piece)) entry.push(piece);
    else found.push([piece]);
  }
  return found;
}

/**
 * An option word, or what can only be a mistaken one: `wieght=3`, `bakcup`, `maxconn=10`. A backend's address holds a
 * colon, so `wieght=10.0.0.1:80` is a backend of that name.
 */
function isOption(piece: string): boolean {
  const word = wordOf(piece);
  if (optionWords.includes(word)) return true;
  if (piece === "" || /[:/]/.test(piece)) return false;
  return piece.includes("=") || nearest(word, optionWords) !== undefined;
}

function parseHead(head: string, problems: string[]): Upstream {
  const [, pool = DEFAULT_POOL, afterPool = head] = POOL.exec(head) ?? [];
  const [, name, address = afterPool] = NAME.exec(afterPool) ?? [];
  const poolProblem = nameProblem(pool);
  if (poolProblem !== undefined) problems.push(`pool of ${quote(head)}: ${poolProblem}`);
  const wrongName = name === undefined ? undefined : backendNameProblem(name);
  if (wrongName !== undefined) problems.push(`backend ${quote(head)}: ${wrongName}`);
  const parsed = parseAddress(address, { purpose: "dial" });
  if ("problem" in parsed) problems.push(parsed.problem);
  return { pool, backend: name === undefined ? { address } : { address, name } };
}

function parseOptions(pieces: readonly string[], head: string, problems: string[]): UpstreamOptions {
  let options: UpstreamOptions = {};
  const seen = new Set<string>();
  for (const piece of pieces) {
    const word = wordOf(piece);
    if (seen.has(word)) problems.push(`${quote(word)} after ${quote(head)} is given twice; give it once`);
    seen.add(word);
    const parsed = parseOption(word, piece);
    if ("problem" in parsed) problems.push(`${quote(piece)} after ${quote(head)}: ${parsed.problem}`);
    else options = { ...options, ...parsed.value };
  }
  return options;
}

function parseOption(word: string, piece: string): Parsed<UpstreamOptions> {
  const value = piece.slice(word.length + 1);
  switch (word) {
    case "weight": {
      const weight = parseCount(value, limits.weight);
      return "problem" in weight ? weight : { value: { weight: weight.value } };
    }
    case "max-connections": {
      const maxConnections = parseCountOr(value, limits.connections, "off");
      return "problem" in maxConnections ? maxConnections : { value: { maxConnections: maxConnections.value } };
    }
    case "backup":
      return piece === word ? { value: { backup: true } } : { problem: "backup takes no value; write backup" };
    default:
      return { problem: `unknown option${didYouMean(word, optionWords) || `; ${OPTION_FORMS}`}` };
  }
}

function wordOf(piece: string): string {
  return piece.split("=", 1)[0] ?? piece;
}
