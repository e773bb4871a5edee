// lb-tcp --help: generated from the keys, so that it can't fall behind them.

import { type Key, keyGroups } from "../config/key.ts";
import { keys } from "../config/keys.ts";
import { commands } from "./commands.ts";
import { HARD_SPACE, page, paragraph, type Row, section, table, termColumnsOf } from "./page.ts";

interface Example {
  readonly meaning: string;
  readonly command: string;
}

const EXAMPLES: readonly Example[] = [
  {
    meaning: "Two backends; a new connection goes to the less busy one:",
    command: "lb-tcp --listen 8080 --upstream 127.0.0.1:9001,127.0.0.1:9002",
  },
  {
    meaning: "A database with a standby that serves only while the first is down:",
    command: "lb-tcp --listen :5432 --upstream a=db-a:5432 --upstream b=db-b:5432,backup",
  },
  {
    meaning: "Each client stays with its backend:",
    command: "lb-tcp --listen 80 --upstream web.local:8080 --policy source-hash",
  },
];

const USAGE = `  lb-tcp --listen ADDRESS --upstream ADDRESS[,ADDRESS…] [FLAG…]
  lb-tcp --config FILE
  lb-tcp COMMAND
`;

const GENERAL: readonly Row[] = [
  { term: "-h, --help", text: "this; `lb-tcp COMMAND --help` says what a command takes" },
  { term: "-v, --version", text: "the version" },
];

const VARIABLES =
  "Each flag has a variable: --idle-timeout is LB_TCP_IDLE_TIMEOUT; where both are given, the flag counts. " +
  "Durations are written 250ms, 5s, 1m30s, 1h. `lb-tcp explain WORD` says what a flag, a variable, a key of a file or " +
  "an end of a session means.";

const SIGNALS: readonly Row[] = [
  { term: "SIGTERM, SIGINT", text: "stop in order: no new sessions, the live ones may finish; a second one: at once" },
  { term: "SIGUSR1", text: "the same without --shutdown-delay" },
  { term: "SIGHUP", text: "read the file of --config again, as a change of it does" },
  { term: "SIGUSR2", text: "open the log file anew, after it was moved away" },
];

const EXIT_CODES: readonly Row[] = [
  { term: "0", text: "an orderly stop" },
  { term: "1", text: "refused by the world: a port in use, a privilege missing" },
  { term: "2", text: "a mistake in what was written" },
];

/** @param columns As pageColumns() gives it. */
export function programHelp(columns: number): string {
  const groups = keyGroups
    .map((title) => ({ title, rows: keys.filter((key) => key.group === title).map(rowOf) }))
    .filter(({ rows }) => rows.length > 0);
  const commandRows = commands.map(({ name, words, summary }) => ({ term: `${name} ${words}`.trim(), text: summary }));
  const all = [...commandRows, ...groups.flatMap(({ rows }) => rows), ...GENERAL, ...SIGNALS, ...EXIT_CODES];
  const termColumns = termColumnsOf(all, columns);
  const titled = (title: string, rows: readonly Row[]): string => section(title, table(rows, columns, termColumns));
  return page(
    "lb-tcp balances TCP connections over backends.\n",
    section("Usage", USAGE),
    section("Examples", page(...EXAMPLES.map(exampleText))),
    titled("Commands", commandRows),
    ...groups.map(({ title, rows }) => titled(title, rows)),
    titled("General", GENERAL),
    titled("Signals", SIGNALS),
    titled("Exit codes", EXIT_CODES),
    paragraph(VARIABLES, columns),
  );
}

/** A flag as --help shows it. */
export function rowOf(key: Key): Row {
  const { flag, placeholder, meaning, words, repeatable, aliases, defaultText } = key;
  const areShown = placeholder === words.join("|") || words.every((word) => meaning.includes(word));
  const choices = areShown ? "" : `: ${words.join(", ")}`;
  const notes = [
    ...(repeatable ? ["may be repeated"] : []),
    ...aliases.map((alias) => `also${HARD_SPACE}--${alias}`),
    ...(defaultText === undefined ? [] : [`default${HARD_SPACE}${defaultText}`]),
  ];
  const text = `${meaning}${choices}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
  return { term: `--${flag} ${placeholder}`, text };
}

function exampleText({ meaning, command }: Example): string {
  return `  ${meaning}\n    ${command}\n`;
}
