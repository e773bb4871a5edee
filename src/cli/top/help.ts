import { flagRow, placeRows } from "../ctl/help.ts";
import type { Description } from "../description.ts";
import type { Row } from "../page.ts";
import type { CommandFlag } from "../remote/arguments.ts";
import { placeFlags } from "../remote/place.ts";

export const topFlags: readonly CommandFlag[] = [
  ...placeFlags,
  { name: "once", placeholder: "", text: "prints one block and ends" },
  { name: "interval", placeholder: "DURATION", text: "between two blocks of plain lines (default 1s)" },
  { name: "plain", placeholder: "", text: "plain lines on a terminal, too" },
];

/** What each key does. */
export const keyRows: readonly Row[] = [
  { term: "↑ ↓, k j", text: "select a backend; PgUp, PgDn, Home and End go further" },
  { term: "s", text: "sort by the next column: name, state, sessions, rate, bytes" },
  { term: "/", text: "show only what has a text in its name or state; Esc shows all" },
  { term: "d", text: "drain the selected backend, after a question" },
  { term: "m", text: "maintenance, after a question" },
  { term: "r", text: "ready" },
  { term: "?", text: "help" },
  { term: "q, Ctrl+C", text: "quit" },
];

export const topDescription: Description = {
  usage: "lb-tcp top [FLAG…]",
  text:
    "Shows a running lb-tcp live: the process, its listeners, and its backends with their state and the reason for it. Where " +
    "stdout is not a terminal it prints plain lines, a block a second.",
  flags: topFlags.map(flagRow),
  more: [
    { title: "Keys", rows: keyRows },
    {
      title: "Examples",
      rows: [
        { term: "lb-tcp top --admin 127.0.0.1:8901", text: "" },
        { term: "lb-tcp top --once | grep down", text: "" },
      ],
    },
    { title: "Variables", rows: placeRows },
    {
      title: "Exit codes",
      rows: [
        { term: "0", text: "you left" },
        { term: "1", text: "nobody answers" },
        { term: "2", text: "refused: a mistake in what was written, no token" },
      ],
    },
  ],
};
