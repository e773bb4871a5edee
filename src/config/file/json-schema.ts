// The schema of a file for editors, and the facts about each key for people.

import { z } from "zod";
import { isRecord, recordsIn } from "../fields.ts";
import { fileSchema } from "./file-schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** What editors and validators read: JSON Schema, draft 2020-12. */
export function fileJsonSchema(): Json {
  const schema = published(rawSchema());
  return {
    ...(isRecord(schema) ? schema : {}),
    title: "lb-tcp",
    description: "The configuration of lb-tcp. `lb-tcp check --config FILE` says what is wrong with one.",
  };
}

/** With everything that is known of a key: what flag means the same, and whether a change takes a restart. */
export function rawSchema(): Json {
  return z.toJSONSchema(fileSchema, { io: "input", unrepresentable: "any" });
}

/** Without what only the table needs; keys that begin with x- are free, but not where names are the user's own. */
function published(node: unknown, name = ""): unknown {
  if (Array.isArray(node)) return node.map((each: unknown) => published(each));
  if (!isRecord(node)) return node;
  const entries = Object.entries(node)
    .filter(([key]) => name === "properties" || (key !== "flag" && key !== "restart"))
    .map(([key, value]) => {
      if (key === "defaultText" && name !== "properties") return ["default", defaultOf(value)] as const;
      return [key, published(value, name === "properties" ? "" : key)] as const;
    });
  const result = Object.fromEntries(entries);
  const isSection = name !== "properties" && node["additionalProperties"] === false;
  return isSection ? { ...result, patternProperties: { "^x-": {} } } : result;
}

/** As YAML would have it: a number where it is one. */
function defaultOf(text: unknown): unknown {
  if (text === "true" || text === "false") return text === "true";
  return typeof text === "string" && /^\d+$/.test(text) ? Number(text) : text;
}

/** The possibilities of a schema, itself included. */
export function alternatives(schema: Json): readonly Json[] {
  return [schema, ...recordsIn(schema["anyOf"]).flatMap(alternatives)];
}
