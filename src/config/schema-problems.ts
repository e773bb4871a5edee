import type { z } from "zod";
import type { Problem } from "../errors.ts";
import { optionPath } from "./option-path.ts";

/** What a schema found wrong, in the order in which it was found, each thing once. */
export function schemaProblems(error: z.ZodError, root?: string): readonly Problem[] {
  const found = error.issues.flatMap(leaves);
  const problems = found.map(({ path, message }) => ({ path: optionPath(path, root), message }));
  // A number can break two rules of one range; it is told the range once.
  const unique = new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem]));
  return [...unique.values()];
}

/**
 * An object where several types are possible, and none fits: what is wrong inside of the one that was meant, with the
 * whole path. That is the one whose outermost type fits.
 */
function leaves(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find((alternative) => alternative.length > 0 && !alternative.some(isOfAnotherType));
  if (meant === undefined) return [issue];
  return meant.flatMap(leaves).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOfAnotherType({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}
