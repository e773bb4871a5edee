// The options of a balancer from what was given on the command line, with every mistake at once.

import { type Loaded, loadOptions } from "../config/load.ts";
import { configError, LbError, type Problem } from "../errors.ts";
import type { Run } from "./command-line.ts";
import { line } from "./failure.ts";
import type { Surface } from "./surface.ts";

/**
 * Says the warnings, and decides the log's format where the user has not: pretty for a person, JSON for a program.
 *
 * @param more Mistakes that only the command knows.
 * @throws LbError `LB_CONFIG` with all problems
 */
export function loadRun(run: Run, surface: Surface, more: readonly Problem[] = []): Loaded {
  const loaded = load(run, surface.environment, [...run.problems, ...more]);
  for (const warning of loaded.warnings) surface.complain(line(`warning: ${warning}`));
  const { log } = loaded.options;
  if (log === undefined || log === "off" || log.format !== undefined) return loaded;
  const format = isForPeople(log.output ?? "stdout", surface) ? "pretty" : "json";
  return { ...loaded, options: { ...loaded.options, log: { ...log, format } } };
}

function load({ flags, spokenOf }: Run, environment: Surface["environment"], problems: readonly Problem[]): Loaded {
  let loaded: Loaded;
  try {
    loaded = loadOptions({ flags, environment });
  } catch (error) {
    if (!(error instanceof LbError) || error.code !== "LB_CONFIG") throw error;
    const found = (error.details.problems ?? []).filter(({ path }) => !spokenOf.has(path));
    throw configError([...problems, ...found]);
  }
  if (problems.length > 0) throw configError(problems);
  return loaded;
}

function isForPeople(output: string, { terminals }: Surface): boolean {
  return (output === "stdout" && terminals.stdout) || (output === "stderr" && terminals.stderr);
}
