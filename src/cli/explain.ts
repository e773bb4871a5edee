// lb-tcp explain: what a flag, a variable or an end means.

import { type FileKey, fileKeys } from "../config/file/key-table.ts";
import { type Key, keyGroups } from "../config/key.ts";
import { flagNames, keyOfFlag, keys, variableNames } from "../config/keys.ts";
import { didYouMean } from "../config/suggestion.ts";
import { configError, type Problem } from "../errors.ts";
import { type EndReason, endReasons, ends } from "../session/end.ts";
import { printable } from "../wire/quote.ts";
import { page, paragraph, type Row, section, table, termColumnsOf } from "./page.ts";

/**
 * @param columns As pageColumns() gives it.
 * @throws LbError `LB_CONFIG` for words that mean nothing
 */
export function explain(words: readonly string[], columns: number): string {
  if (words.length === 0) return overview(columns);
  const problems: Problem[] = [];
  const texts = words.map((word) => {
    const text = explainWord(word, columns);
    if (text === undefined) problems.push(unknownWord(word));
    return text ?? "";
  });
  if (problems.length > 0) throw configError(problems);
  return page(...texts);
}

/** Some words are both: idle-timeout is a flag, and how a session ends that reaches it. With dashes it is the flag. */
function explainWord(word: string, columns: number): string | undefined {
  const name = nameOf(word);
  const end = word.startsWith("-") ? undefined : endReasons.find((reason) => reason === name);
  const key = keyOfFlag(name) ?? keys.find((each) => [each.variable, ...each.otherVariables].includes(word));
  const inFile = fileKeysOf(word, key);
  const texts = [
    ...(key === undefined ? [] : [explainKey(key, inFile, columns)]),
    ...(key === undefined ? inFile.map((each) => explainFileKey(each, columns)) : []),
    ...(end === undefined ? [] : [explainEnd(end, columns)]),
  ];
  return texts.length === 0 ? undefined : page(...texts);
}

/** People copy it from a command, a file or a log: `--idle-timeout=5s`, `IDLE_TIMEOUT`. */
function nameOf(word: string): string {
  const [name = ""] = word.replace(/^-+/, "").split("=", 1);
  return name.toLowerCase().replaceAll("_", "-");
}

/** `listeners.web.peek.size`, `peek.size`, `burst`; those that mean the same as a flag are told with it. */
function fileKeysOf(word: string, key: Key | undefined): readonly FileKey[] {
  if (key !== undefined) return fileKeys().filter(({ flag }) => flag === key.flag);
  const asked = word.toLowerCase().replaceAll("_", "-").split(".");
  const found = fileKeys().filter(({ path }) => {
    const steps = path.replaceAll("[]", "").split(".");
    const last = steps.slice(-asked.length);
    return last.length === asked.length && last.every((step, index) => step === "NAME" || step === asked[index]);
  });
  // The whole path names one, and not what ends alike elsewhere.
  return found.filter(({ path }) => asked.length === path.split(".").length).length > 0
    ? found.filter(({ path }) => asked.length === path.split(".").length)
    : found;
}

function explainFileKey({ path, meaning, defaultText, flag, isReloadable }: FileKey, columns: number): string {
  return facts(`${path}: ${meaning}.`, columns, [
    { term: "Default", text: defaultText ?? "" },
    { term: "Flag", text: flag === undefined ? "" : `--${flag}` },
    { term: "Reloadable", text: isReloadable ? "yes" : "no: a change is in force after a restart" },
  ]);
}

function unknownWord(word: string): Problem {
  const inFile = fileKeys().map(({ path }) => path.split(".").at(-1)?.replace("[]", "") ?? path);
  const known = [...flagNames(), ...endReasons, ...variableNames(), ...inFile];
  const hint = didYouMean(word.replace(/^-+/, ""), known) || "; lb-tcp explain lists what is";
  return { path: `explain ${printable(word)}`, message: `nothing is called that${hint}` };
}

function overview(columns: number): string {
  const groups = keyGroups.map((title) => ({
    title,
    names: keys.filter(({ group }) => group === title).map(({ flag }) => flag),
  }));
  return page(
    paragraph(
      "lb-tcp explain WORD says what a flag, its variable, a key of a file (peek.size) or an end of a session means.",
      columns,
    ),
    section("Ends of sessions, as the log's field end has them", paragraph(endReasons.join(", "), columns, "  ")),
    ...groups
      .filter(({ names }) => names.length > 0)
      .map(({ title, names }) => section(title, paragraph(names.join(", "), columns, "  "))),
  );
}

function explainEnd(end: EndReason, columns: number): string {
  const { what, look, by, orderly } = ends[end];
  return facts(`${end}: how a session ended.`, columns, [
    { term: "What happened", text: what },
    { term: "Who ended it", text: by },
    { term: "Orderly", text: orderly ? "yes" : "no: --access-log errors shows it" },
    { term: "Look at", text: look },
  ]);
}

function explainKey(key: Key, inFile: readonly FileKey[], columns: number): string {
  const { flag, meaning, placeholder, repeatable, words, defaultText, variable, otherVariables, aliases } = key;
  return facts(`--${flag}: ${meaning}.`, columns, [
    { term: "Value", text: `${placeholder}${repeatable ? ", may be given more than once" : ""}` },
    { term: "Words", text: placeholder === words.join("|") ? "" : words.join(", ") },
    { term: "Default", text: defaultText ?? "" },
    { term: "Variable", text: [variable, ...otherVariables].join(", else ") },
    { term: "Also written", text: aliases.map((alias) => `--${alias}`).join(", ") },
    { term: "In a file", text: inFile.map(({ path }) => path).join(", ") },
  ]);
}

function facts(title: string, columns: number, rows: readonly Row[]): string {
  const told = rows.filter(({ text }) => text !== "");
  return page(paragraph(title, columns), table(told, columns, termColumnsOf(told, columns)));
}
