// Problems with the place in the file where each is, and without what may be secret.

import type { z } from "zod";
import type { Problem } from "../../errors.ts";
import { printable, quote } from "../../wire/quote.ts";
import { optionPath } from "../option-path.ts";
import { find, type Position, substituted, type TreeNode } from "./tree.ts";

/** `lb.yaml:12:5 listeners.web.idle-timeout` and what is wrong there. */
export function located(file: string, at: Position, path: readonly PropertyKey[], message: string): Problem {
  const where = `${printable(file)}:${at.line}:${at.column}`;
  return { path: path.length === 0 ? where : `${where} ${optionPath(path)}`, message };
}

/** What the schema of a file found wrong. */
export function issueProblems(error: z.ZodError, tree: TreeNode, file: string): readonly Problem[] {
  return error.issues.flatMap(leaves).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [valueProblem(issue, tree, file)];
    const messages = issue.message.split("\n");
    return issue.keys.map((key, index) => {
      const path = [...issue.path, key];
      return located(file, find(tree, path).keyAt, path, messages[index] ?? "unknown key");
    });
  });
}

function valueProblem({ path, message, ...issue }: z.core.$ZodIssue, tree: TreeNode, file: string): Problem {
  const { node, at } = find(tree, path);
  const params: unknown = issue.code === "custom" ? issue.params : undefined;
  const expected = expectedIn(params);
  return located(file, at, path, node === undefined ? message : discreet(message, node, expected));
}

/** The message without the value of any variable: that is shown as it was written. */
export function discreet(message: string, node: TreeNode, expected?: string): string {
  if (node.kind === "scalar") {
    if (node.written === undefined) return message;
    const whole = quote(String(node.value));
    // Without an expectation it is a name among others, of which the message shows all or nothing.
    if (expected === undefined && message.includes(whole))
      return message.replaceAll(whole, () => quote(node.written ?? ""));
    return `got ${quote(node.written)}, ${expected === undefined ? "which can't be used here" : `expected ${expected}`}`;
  }
  // Part of a value may be in any of its texts.
  const values = substituted(node).map(({ value }) => String(value).toLowerCase());
  if (values.length === 0) return message;
  const isOfValue = (text: string): boolean =>
    text !== "" && values.some((value) => value.includes(text) || (value !== "" && text.includes(value)));
  return message.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (whole, text: string) =>
    isOfValue(text.toLowerCase()) ? '"…"' : whole,
  );
}

/** Of several possibilities, what is wrong with the one that was meant: by the type of the value. */
function leaves(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find((errors) => !errors.some(isOfAnotherType)) ?? issue.errors.at(-1) ?? [];
  return meant.flatMap(leaves).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOfAnotherType(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === "invalid_type" || (issue.code === "custom" && issue.params?.["isOtherType"] === true);
}

function expectedIn(params: unknown): string | undefined {
  if (typeof params !== "object" || params === null || !("expected" in params)) return undefined;
  return typeof params.expected === "string" ? params.expected : undefined;
}

/**
 * As they stand in the file. Each place and message once: what the defaults hold is found again below each listener.
 */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.toReversed().map((problem) => [`${placeOf(problem)} ${problem.message}`, problem]));
  const placed = [...unique.values()].toReversed().map((problem) => ({ problem, at: numbersOf(placeOf(problem)) }));
  return placed
    .sort((one, other) => one.at.line - other.at.line || one.at.column - other.at.column)
    .map(({ problem }) => problem);
}

function numbersOf(place: string): Position {
  const [column = 0, line = 0] = place.split(":").reverse().map(Number);
  return { line, column };
}

/** `lb.yaml:12:5` */
export function placeOf({ path }: Problem): string {
  return path.split(" ", 1)[0] ?? path;
}
