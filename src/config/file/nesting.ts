// The parser of YAML goes down one call for each level, and in Node 20 its regular expressions end the process when the
// stack is nearly full: nothing can catch that. So the depth is bounded before it looks.

import type { Position } from "./tree.ts";

/** No file of ours needs a tenth of it. */
const MOST_LEVELS = 100;

const INDICATORS = /(?:[-?:][ \t]+){32}/;

export interface NestingProblem {
  readonly at: Position;
  readonly message: string;
}

/** Where a text may be nested too deeply. Brackets within quotes and comments count as well: they are as rare. */
export function nestingProblem(text: string): NestingProblem | undefined {
  let depth = 0;
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const at = (column: number): NestingProblem => ({
      at: { line: index + 1, column: column + 1 },
      message: `is nested too deeply, expected at most ${MOST_LEVELS} levels`,
    });
    const indentation = line.search(/[^ \t]/);
    if (indentation > 2 * MOST_LEVELS) return at(indentation);
    const run = INDICATORS.exec(line);
    if (run !== null) return at(run.index);
    for (let column = Math.max(indentation, 0); column < line.length; column++) {
      const character = line[column];
      if (character === "[" || character === "{") depth++;
      else if ((character === "]" || character === "}") && depth > 0) depth--;
      if (depth > MOST_LEVELS) return at(column);
    }
  }
  return undefined;
}
