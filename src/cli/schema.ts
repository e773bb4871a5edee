import { fileJsonSchema } from "../config/file/json-schema.ts";
import { keyTable } from "../config/file/key-table.ts";
import { configError } from "../errors.ts";
import type { Run } from "./command-line.ts";
import { wordProblem } from "./word-problem.ts";

/**
 * `lb-tcp schema`: the JSON Schema of a file; with the word table, its keys in Markdown.
 *
 * @throws LbError `LB_CONFIG` for anything else
 */
export function schemaText({ words, flags, problems }: Run): string {
  const [word, ...rest] = words;
  const odd = [...(word === undefined || word === "table" ? [] : [word]), ...rest];
  const refused = [...odd, ...Object.keys(flags).map((flag) => `--${flag}`)];
  if (refused.length + problems.length > 0) {
    const message = "lb-tcp schema takes the word table, or nothing; leave it out";
    throw configError([...problems, ...refused.map((each) => wordProblem(each, message))]);
  }
  return word === "table" ? keyTable() : `${JSON.stringify(fileJsonSchema(), null, 2)}\n`;
}
