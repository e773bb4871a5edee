import type { z } from "zod";
import { schemaProblems } from "../../src/config/schema-problems.ts";

/** What a schema says about a value, each problem as `path: message`. */
export function problemsOf(schema: z.ZodType, value: unknown, root = "x"): string[] {
  const { error } = schema.safeParse(value);
  return error === undefined ? [] : schemaProblems(error, root).map(({ path, message }) => `${path}: ${message}`);
}
