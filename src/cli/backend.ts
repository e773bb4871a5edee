// `lb-tcp backend`: demo backends alone, to try a balancer against processes of their own.

import { parseAddress } from "../config/address-parser.ts";
import { configError, type Problem } from "../errors.ts";
import { isoTime } from "../observe/iso-time.ts";
import { ANY_HOST } from "../wire/address.ts";
import { printable, quote } from "../wire/quote.ts";
import type { Run } from "./command-line.ts";
import { type DemoBackend, startDemoBackend } from "./demo-backend.ts";
import type { ExitCode } from "./failure.ts";
import { handleSignals } from "./signals.ts";
import type { Surface } from "./surface.ts";
import { wordProblem } from "./word-problem.ts";

const DEFAULT_PORT = "8081";
const DEFAULT_NAME = "server";
const DEFAULT_HOST = "127.0.0.1";
const FLAGS = ["port", "name"];
/** What the backends of other small balancers read; the first that is set. */
const PORT_VARIABLES = ["SERVER_PORT", "PORT"];
const NAME_VARIABLE = "SERVER_NAME";

/**
 * Runs backends until a signal, or until each has died.
 *
 * @returns 0 after a signal, 1 after the last one's death.
 * @throws LbError `LB_CONFIG`, `LB_ADDRESS_IN_USE`, `LB_PRIVILEGE`, `LB_LISTEN`
 */
export async function runBackends(run: Run, surface: Surface): Promise<ExitCode> {
  const { places, name } = readPlaces(run, surface.environment);
  const { clock } = surface;
  const backends: DemoBackend[] = [];
  let alive = places.length;
  let finish = (_code: ExitCode): void => {};
  const finished = new Promise<ExitCode>((resolve) => {
    finish = resolve;
  });
  const removeHandlers = handleSignals(surface.events, clock, {
    stop: () => finish(0),
    stopAtOnce: () => finish(0),
    drain: () => finish(0),
    reopenLog: () => {},
    // Its terminal went away.
    reload: () => finish(0),
  });
  try {
    for (const [index, { host, port }] of places.entries()) {
      const options = {
        name: places.length > 1 ? `${name}-${index + 1}` : name,
        host,
        port,
        clock,
        say: (text: string) => surface.print(`${isoTime(clock.wallMs()).slice(11)} ${text}\n`),
        deadForMs: Number.POSITIVE_INFINITY,
        onDead() {
          alive--;
          if (alive === 0) finish(1);
        },
      };
      backends.push(await startDemoBackend(options));
    }
    return await finished;
  } finally {
    removeHandlers();
    await Promise.all(backends.map((backend) => backend.close()));
  }
}

/** Where a backend listens. Without a host: on every address. */
interface Place {
  readonly host: string | undefined;
  readonly port: number;
}

function readPlaces(run: Run, environment: Surface["environment"]): { places: readonly Place[]; name: string } {
  const { flags, words } = run;
  const problems: Problem[] = [...run.problems];
  for (const flag of Object.keys(flags).filter((each) => !FLAGS.includes(each))) {
    problems.push({ path: `--${flag}`, message: "lb-tcp backend takes --port and --name only; leave it out" });
  }
  for (const word of words) {
    const hint = flags["port"] === undefined ? `did you mean --port ${printable(word)}?` : "separate ports by commas";
    problems.push(wordProblem(word, `belongs to no flag; ${hint}`));
  }
  if ((flags["name"]?.length ?? 0) > 1) problems.push({ path: "--name", message: "is given twice; give it once" });
  const ports = portTexts(run, environment);
  const places = ports.texts.flatMap((text) => {
    const parsed = parsePlace(text);
    if ("place" in parsed) return [parsed.place];
    if (!run.spokenOf.has(ports.path)) problems.push({ path: ports.path, message: parsed.problem });
    return [];
  });
  for (const [index, { host, port }] of places.entries()) {
    const isTwice = port !== 0 && places.some((other, at) => at < index && other.port === port && other.host === host);
    if (isTwice) problems.push({ path: ports.path, message: `the port ${port} is given twice; give it once` });
  }
  if (problems.length > 0) throw configError(problems);
  return { places, name: flags["name"]?.[0]?.trim() ?? valueOf(environment, NAME_VARIABLE) ?? DEFAULT_NAME };
}

function portTexts({ flags }: Run, environment: Surface["environment"]): { path: string; texts: readonly string[] } {
  const given = flags["port"]?.join(",");
  const variable = PORT_VARIABLES.find((name) => valueOf(environment, name) !== undefined);
  const path = given !== undefined || variable === undefined ? "--port" : variable;
  const text = given ?? (variable === undefined ? undefined : valueOf(environment, variable)) ?? DEFAULT_PORT;
  return { path, texts: text.split(",").map((part) => part.trim()) };
}

function valueOf(environment: Surface["environment"], name: string): string | undefined {
  const text = environment[name]?.trim() ?? "";
  return text === "" ? undefined : text;
}

/** A port alone is one of this machine only; with an address before it, or a colon, it is what it says. */
function parsePlace(text: string): { readonly place: Place } | { readonly problem: string } {
  const expected = `got ${quote(text)}, expected a port from 0 to 65535 (8081), or an address with one (:8081)`;
  const parsed = parseAddress(text, { purpose: "listen" });
  if ("problem" in parsed || parsed.value.kind === "unix") return { problem: expected };
  const { host, port } = parsed.value;
  if (host !== ANY_HOST) return { place: { host, port } };
  return { place: { host: text.startsWith(":") ? undefined : DEFAULT_HOST, port } };
}
