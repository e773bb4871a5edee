// lb-tcp COMMAND --help.

import { listenKey } from "../config/keys.ts";
import type { Command, CommandName } from "./commands.ts";
import { page, paragraph, type Row, section, table, termColumnsOf } from "./page.ts";

interface Description {
  readonly usage: string;
  readonly text: string;
  readonly flags: readonly Row[];
  readonly more: readonly { readonly title: string; readonly rows: readonly Row[] }[];
}

const requests: readonly Row[] = [
  { term: "/", text: "the name and the port of the backend that answers" },
  { term: "/health", text: "ok" },
  { term: "/slow?ms=N", text: "an answer after N milliseconds (default 1000)" },
  { term: "/bytes?n=N", text: "an answer of N bytes (default 1024)" },
  { term: "/echo", text: "what was sent" },
  { term: "/die?ms=N", text: "the backend is dead for N milliseconds; without ms for 10s in the demo, else for good" },
];

const descriptions: Readonly<Record<CommandName, Description>> = {
  demo: {
    usage: "lb-tcp demo [FLAG…]",
    text:
      "Starts three small HTTP backends on 127.0.0.1, ports 8081 to 8083, and a balancer in front of them on " +
      "127.0.0.1:8080, all in one process. Ctrl+C stops it.",
    flags: [
      {
        term: "--listen ADDRESS",
        text: "where clients connect (default 127.0.0.1:8080); with port 0 the backends take free ports, too",
      },
      { term: "--policy POLICY, …", text: "every other flag of the balancer, except --upstream" },
    ],
    more: [{ title: "Requests", rows: requests }],
  },
  backend: {
    usage: "lb-tcp backend [--port PORT[,PORT…]] [--name NAME]",
    text: "Starts small HTTP backends, to try a balancer against processes of their own.",
    flags: [
      {
        term: "--port PORT[,PORT…]",
        text: "a backend for each, on 127.0.0.1; a port with a colon before it, :8081, is on every address of this machine (default 8081)",
      },
      { term: "--name NAME", text: "what the backend calls itself; several are NAME-1, NAME-2 … (default server)" },
    ],
    more: [
      {
        title: "Variables",
        rows: [
          { term: "SERVER_PORT, PORT", text: "stand in for --port" },
          { term: "SERVER_NAME", text: "stands in for --name" },
        ],
      },
      { title: "Requests", rows: requests },
    ],
  },
  explain: {
    usage: "lb-tcp explain [WORD…]",
    text: "Says what a flag, a variable or an end of a session means; without a word, which there are.",
    flags: [],
    more: [
      {
        title: "Examples",
        rows: [
          { term: "lb-tcp explain idle-timeout", text: "" },
          { term: `lb-tcp explain ${listenKey.variable}`, text: "" },
          { term: "lb-tcp explain backend-reset", text: "" },
        ],
      },
    ],
  },
  completion: {
    usage: "lb-tcp completion",
    text: "Prints a script with which bash and zsh complete commands, flags and words. To have it in every shell:",
    flags: [],
    more: [
      {
        title: "",
        rows: [
          { term: `echo 'eval "$(lb-tcp completion)"' >> ~/.bashrc`, text: "" },
          { term: `echo 'eval "$(lb-tcp completion)"' >> ~/.zshrc`, text: "" },
        ],
      },
    ],
  },
};

/** @param columns As pageColumns() gives it. */
export function commandHelp({ name, summary }: Command, columns: number): string {
  const { usage, text, flags, more } = descriptions[name];
  const tables = [{ title: "Flags", rows: flags }, ...more].filter(({ rows }) => rows.length > 0);
  const termColumns = termColumnsOf(
    tables.flatMap(({ rows }) => rows),
    columns,
  );
  return page(
    paragraph(`lb-tcp ${name}: ${summary}.`, columns),
    section("Usage", `  ${usage}\n`),
    paragraph(text, columns),
    ...tables.map(({ title, rows }) => section(title, table(rows, columns, termColumns))),
  );
}
