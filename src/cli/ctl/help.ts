// lb-tcp ctl --help, and lb-tcp ctl VERB --help.

import type { Description } from "../description.ts";
import { page, paragraph, type Row, section, table, termColumnsOf } from "../page.ts";
import type { CommandFlag } from "../remote/arguments.ts";
import { ADMIN_VARIABLE, TOKEN_VARIABLE } from "../remote/place.ts";
import { commonFlags, type Verb, verbs } from "./verbs.ts";

/** How it is found, and how it ends: the same for `top`. */
export const placeRows: readonly Row[] = [
  { term: ADMIN_VARIABLE, text: "stands in for --admin" },
  { term: TOKEN_VARIABLE, text: "stands in for --admin-token-file" },
];

export const controlDescription: Description = {
  usage: "lb-tcp ctl VERB [FLAG…]",
  text:
    "Asks a running lb-tcp over its admin address (--admin there and here) how it is, and changes what it does until its file " +
    "says something else. Over TCP every change needs the token; on a unix socket whoever may open it may change. " +
    "`lb-tcp ctl VERB --help` says more about each.",
  flags: commonFlags.map(flagRow),
  more: [
    ...(["Looking", "Changing a backend", "Changing the process"] as const).map((title) => ({
      title,
      rows: verbs
        .filter(({ group }) => group === title)
        .map(({ name, words, summary }) => ({ term: `${name} ${words}`.trim(), text: summary })),
    })),
    {
      title: "Examples",
      rows: [
        { term: "lb-tcp ctl --admin 127.0.0.1:8901 backends", text: "" },
        { term: "lb-tcp ctl --admin unix:/run/lb-tcp/admin.sock drain web/b2 --wait", text: "" },
      ],
    },
    { title: "Variables", rows: placeRows },
    {
      title: "Exit codes",
      rows: [
        { term: "0", text: "done" },
        { term: "1", text: "nobody answers, or sessions are left when the time of --wait is up" },
        { term: "2", text: "refused: a mistake in what was written, no such backend, no token, a bad file" },
      ],
    },
  ],
};

/** @param columns As pageColumns() gives it. */
export function verbHelp({ name, words, summary, text, flags, examples }: Verb, columns: number): string {
  const rows = [...flags, ...commonFlags].map(flagRow);
  return page(
    paragraph(`lb-tcp ctl ${name}: ${summary}.`, columns),
    section("Usage", `  ${`lb-tcp ctl ${name} ${words}`.trim()} [FLAG…]\n`),
    paragraph(text, columns),
    section("Flags", table(rows, columns, termColumnsOf(rows, columns))),
    section("Examples", table(examples, columns, 0)),
  );
}

/** `--wait[=DURATION]`, `--backend POOL/BACKEND`. */
export function flagRow({ name, placeholder, text }: CommandFlag): Row {
  const gap = placeholder === "" || placeholder.startsWith("[") ? "" : " ";
  return { term: `--${name}${gap}${placeholder}`, text };
}
