// One table of all keys of a file, made from its schema.

import { isRecord } from "../fields.ts";
import { keyOfFlag } from "../keys.ts";
import { alternatives, rawSchema } from "./json-schema.ts";

/** A key of a file. */
export interface FileKey {
  /** NAME stands for a name of the user's own, [] for each item of a list: `pools.NAME.backends[].weight`. */
  readonly path: string;
  readonly meaning: string;
  /** As one would write it; undefined where there is none. */
  readonly defaultText: string | undefined;
  /** The flag that means the same, without dashes. */
  readonly flag: string | undefined;
  /** Whether a change is in force without a restart. */
  readonly isReloadable: boolean;
}

let made: readonly FileKey[] | undefined;

/** In the order of the schema. Keys below `defaults` mean what they mean elsewhere, and are left out. */
export function fileKeys(): readonly FileKey[] {
  made ??= keysOf(rawSchema(), "");
  return made;
}

function keysOf(schema: Readonly<Record<string, unknown>>, path: string): readonly FileKey[] {
  const found = alternatives(schema).flatMap((each) => {
    const { properties, additionalProperties, items } = each;
    return [
      ...(isRecord(properties) ? Object.entries(properties) : []).flatMap(([name, value]) =>
        isRecord(value) ? keyOf(value, path === "" ? name : `${path}.${name}`) : [],
      ),
      ...(isRecord(additionalProperties) && holdsKeys(additionalProperties)
        ? keysOf(additionalProperties, `${path}.NAME`)
        : []),
      ...(isRecord(items) ? keysOf(items, `${path}[]`) : []),
    ];
  });
  // A list and a single item of it have the same keys.
  const unique = new Map(found.toReversed().map((key) => [key.path, key]));
  return [...unique.values()].toReversed();
}

function keyOf(schema: Readonly<Record<string, unknown>>, path: string): readonly FileKey[] {
  const { description, defaultText, flag, restart } = schema;
  const key: FileKey = {
    path,
    meaning: typeof description === "string" ? description : "",
    defaultText: typeof defaultText === "string" ? defaultText : undefined,
    flag: typeof flag === "string" ? flag : undefined,
    isReloadable: restart !== true,
  };
  // What is below these is said elsewhere.
  return /(?:^defaults|\.not)$/.test(path) ? [key] : [key, ...keysOf(schema, path)];
}

function holdsKeys(schema: Readonly<Record<string, unknown>>): boolean {
  return alternatives(schema).some(({ properties }) => isRecord(properties));
}

/** Markdown. */
export function keyTable(): string {
  const rows = fileKeys().map(({ path, meaning, defaultText, flag, isReloadable }) => {
    const key = flag === undefined ? undefined : keyOfFlag(flag);
    const cells = [
      `\`${path}\``,
      key === undefined ? "" : `\`--${key.flag}\``,
      key === undefined ? "" : `\`${key.variable}\``,
      defaultText ?? "",
      isReloadable ? "yes" : "no",
      meaning,
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return [
    "| key | flag | variable | default | reloadable | meaning |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
