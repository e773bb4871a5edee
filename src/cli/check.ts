// `lb-tcp check`: what is wrong with a configuration, or what would be in force.

import { TokenFile } from "../admin/token.ts";
import { effectiveText } from "../config/effective-text.ts";
import type { Loaded } from "../config/load.ts";
import { resolve } from "../config/resolve.ts";
import { configError, LbError, messageOf, type Problem } from "../errors.ts";
import { printable } from "../wire/quote.ts";
import type { Run } from "./command-line.ts";
import { type ExitCode, plainLine } from "./failure.ts";
import { loadRun } from "./load.ts";
import type { Surface } from "./surface.ts";
import { wordProblem } from "./word-problem.ts";

/** Problems on stderr, a line each that begins with the place; what would be in force on stdout. */
export function runCheck(run: Run, surface: Surface): ExitCode {
  const loaded = loadForCheck(run, surface);
  if (loaded === undefined) return 2;
  surface.print(effectiveText(resolve(loaded.options), loaded, given(run, surface)));
  return 0;
}

/** The configuration; or undefined, and what is wrong has been said. @throws LbError of another code than LB_CONFIG */
export function loadForCheck(run: Run, surface: Surface): Loaded | undefined {
  try {
    const loaded = loadRun(run, surface, run.words.map(withoutFlag));
    checkToken(loaded);
    return loaded;
  } catch (error) {
    if (!(error instanceof LbError) || error.code !== "LB_CONFIG") throw error;
    const { problems = [] } = error.details;
    // As compilers write it, so that editors can go there.
    for (const { path, message } of problems) surface.complain(plainLine(`${path}: ${message}`));
    return undefined;
  }
}

/** Without it lb-tcp does not start. @throws LbError `LB_CONFIG` */
function checkToken({ admin }: Loaded): void {
  if (admin?.tokenFile === undefined) return;
  try {
    new TokenFile(admin.tokenFile).check();
  } catch (error) {
    throw configError([{ path: "admin-token-file", message: messageOf(error) }]);
  }
}

function given({ flags }: Run, { environment }: Surface): Parameters<typeof effectiveText>[2] {
  return { flags, environment };
}

function withoutFlag(word: string): Problem {
  return wordProblem(word, `belongs to no flag; for a file write --config ${printable(word)}`);
}
