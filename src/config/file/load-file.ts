// The text of a file to options, or to everything that is wrong with it. Pure: nothing is read, nothing is thrown.

import type { z } from "zod";
import type { Problem } from "../../errors.ts";
import { type Fields, fieldsOf } from "../fields.ts";
import type { Given } from "../given.ts";
import { listenerSchema } from "../listener-schema.ts";
import { optionPath } from "../option-path.ts";
import { poolSchema } from "../pool-schema.ts";
import { referenceProblems } from "../references.ts";
import { schemaProblems } from "../schema-problems.ts";
import { withDefaults, withoutFree } from "./defaults-section.ts";
import { inOrder, issueProblems, located, placeOf } from "./file-problems.ts";
import { type FileOptions, fileSchema } from "./file-schema.ts";
import { listenerKeys } from "./listener-keys.ts";
import { placed } from "./option-place.ts";
import { poolKeys } from "./pool-keys.ts";
import { substitute } from "./substitution.ts";
import { plainOf, type TreeNode } from "./tree.ts";
import { parseTree, type TreeProblem } from "./yaml-tree.ts";

export interface LoadedFile {
  readonly options: FileOptions;
  /** As it was written, for whoever must say where something is. */
  readonly tree: TreeNode;
}

export type FileResult =
  | { readonly kind: "loaded"; readonly file: LoadedFile }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/**
 * @param name What the problems call it.
 * @param environment For `${NAME}`.
 */
export function loadFile(text: string, name: string, environment: Given["environment"]): FileResult {
  const parsed = parseTree(text);
  const place = ({ at, path, message }: TreeProblem): Problem => located(name, at, path, message);
  if (parsed.tree === undefined) return { kind: "refused", problems: parsed.problems.map(place) };
  const { tree: values, problems: variables } = substitute(withoutFree(parsed.tree), environment);
  const tree = withDefaults(values);
  const plain = plainOf(tree);
  const result = fileSchema.safeParse(plain);
  const unread = [...parsed.problems, ...variables].map(place);
  const places = new Set(unread.map(placeOf));
  const found = [
    ...(result.success ? [] : issueProblems(result.error, tree, name)),
    ...partProblems(plain).map((problem) => placed(problem, tree, name) ?? problem),
    // Where a variable is missing, names are missing that others refer to.
    ...(variables.length > 0 ? [] : referenceProblems(plain)).map(
      (problem) => placed(problem, tree, name, "items") ?? problem,
    ),
  ];
  // What can't be read is no second mistake.
  const problems = inOrder([...unread, ...found.filter((problem) => !places.has(placeOf(problem)))]);
  if (!result.success || problems.length > 0) return { kind: "refused", problems };
  return { kind: "loaded", file: { options: result.data, tree } };
}

/** What the library finds wrong with each listener and pool that can be read: rules of several keys. */
function partProblems(plain: unknown): readonly Problem[] {
  const file = fieldsOf(plain);
  return [
    ...problemsOf("listeners", file, listenerKeys, listenerSchema),
    ...problemsOf("pools", file, poolKeys, poolSchema),
  ];
}

function problemsOf(kind: string, file: Fields | undefined, keys: z.ZodType, library: z.ZodType): readonly Problem[] {
  return [...(fieldsOf(file?.get(kind)) ?? [])].flatMap(([name, written]) => {
    const read = keys.safeParse(written);
    const { error } = read.success ? library.safeParse(read.data) : {};
    return error === undefined ? [] : schemaProblems(error, optionPath([kind, name]));
  });
}
