// ${NAME} and ${NAME:-default} in the values of a file.

import type { Problem } from "../../errors.ts";
import type { Given } from "../given.ts";
import type { TreeNode } from "./tree.ts";
import type { TreeProblem } from "./yaml-tree.ts";

// $${ is a ${ that means nothing.
const VARIABLE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\})?/g;

export interface Substituted {
  readonly tree: TreeNode;
  readonly problems: readonly TreeProblem[];
}

/** The tree with the values of variables; what it was written as stays with each. */
export function substitute(tree: TreeNode, environment: Given["environment"]): Substituted {
  const problems: TreeProblem[] = [];
  const visit = (node: TreeNode, path: readonly PropertyKey[]): TreeNode => {
    switch (node.kind) {
      case "map": {
        const entries = [...node.entries].map(
          ([key, entry]) => [key, { ...entry, value: visit(entry.value, [...path, key]) }] as const,
        );
        return { ...node, entries: new Map(entries) };
      }
      case "list":
        return { ...node, items: node.items.map((item, index) => visit(item, [...path, index])) };
      case "scalar": {
        if (typeof node.value !== "string" || !node.value.includes("${")) return node;
        const { text, problem, isFromVariable } = textOf(node.value, environment);
        if (problem !== undefined) problems.push({ at: node.at, path, message: problem });
        return { ...node, value: text, written: isFromVariable ? node.value : undefined };
      }
    }
  };
  return { tree: visit(tree, []), problems };
}

interface Replaced {
  readonly text: string;
  readonly problem: Problem["message"] | undefined;
  readonly isFromVariable: boolean;
}

function textOf(written: string, environment: Given["environment"]): Replaced {
  let problem: string | undefined;
  let isFromVariable = false;
  const text = written.replaceAll(VARIABLE, (whole: string, name?: string, alternative?: string, fallback = "") => {
    if (whole === "$${") return "${";
    if (name === undefined) {
      problem ??= "has a ${ that begins no variable, expected ${NAME} or ${NAME:-default}; write $${ for the text ${";
      return whole;
    }
    isFromVariable = true;
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    // As in a shell: an empty variable counts as not set where there is a default.
    if (alternative !== undefined) return value === undefined || value === "" ? fallback : value;
    if (value === undefined) problem ??= `the variable ${name} is not set; set it, or write \${${name}:-default}`;
    return value ?? "";
  });
  return { text, problem, isFromVariable };
}
