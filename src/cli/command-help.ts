// lb-tcp COMMAND --help.

import { listenKey } from "../config/keys.ts";
import type { Command, CommandName } from "./commands.ts";
import { controlDescription } from "./ctl/help.ts";
import type { Description } from "./description.ts";
import { page, paragraph, type Row, section, table, termColumnsOf } from "./page.ts";
import { topDescription } from "./top/help.ts";

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
  check: {
    usage: "lb-tcp check [--config FILE] [FLAG…]",
    text:
      "Says what is wrong with a configuration, a line each on stderr, as FILE:LINE:COLUMN path: message. Where nothing is, " +
      "it prints what would be in force as YAML, with every default written out; values of ${NAME} are shown as they are written.",
    flags: [
      { term: "--config FILE", text: "the file" },
      { term: "--rise N, …", text: "every other flag of the balancer" },
    ],
    more: [
      {
        title: "Exit codes",
        rows: [
          { term: "0", text: "good" },
          { term: "2", text: "something is wrong" },
        ],
      },
    ],
  },
  doctor: {
    usage: "lb-tcp doctor [--config FILE] [FLAG…]",
    text:
      "Checks a configuration as `lb-tcp check` does, dials every backend from this machine, asks it once what the probe of " +
      "its pool asks, and warns of what is valid and yet goes wrong later.",
    flags: [
      { term: "--config FILE", text: "the file" },
      { term: "--rise N, …", text: "every other flag of the balancer" },
    ],
    more: [
      {
        title: "Exit codes",
        rows: [
          { term: "0", text: "every backend answers; there may be warnings" },
          { term: "1", text: "a backend does not answer, or not as its probe expects" },
          { term: "2", text: "something is wrong with the configuration" },
        ],
      },
    ],
  },
  ctl: controlDescription,
  top: topDescription,
  schema: {
    usage: "lb-tcp schema [table]",
    text:
      "Prints the JSON Schema of configuration files, for editors; or as a table in Markdown which keys there are, with flags, " +
      "variables and defaults. The package has it in dist/src/lb-tcp.schema.json. A line in the file tells an editor where it is:",
    flags: [],
    more: [
      {
        title: "",
        rows: [
          { term: "lb-tcp schema > lb-tcp.schema.json", text: "" },
          { term: "# yaml-language-server: $schema=lb-tcp.schema.json", text: "" },
        ],
      },
    ],
  },
  explain: {
    usage: "lb-tcp explain [WORD…]",
    text: "Says what a flag, a variable, a key of a file or an end of a session means; without a word, which there are.",
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
  print: {
    usage: "lb-tcp print TOPIC [FILE]",
    text:
      "Prints files for where lb-tcp runs, as the package has them. Where a topic has several, a second word takes one of them. " +
      "Each says at its head how it is used.",
    flags: [],
    more: [
      {
        title: "Topics",
        rows: [
          { term: "docker", text: "a Dockerfile" },
          { term: "kubernetes [deployment|sidecar]", text: "a Deployment with its ConfigMap, and a native sidecar" },
          { term: "systemd [service|socket]", text: "a unit, and one for its addresses, which wait while it restarts" },
          { term: "grafana", text: "a dashboard over what /metrics says" },
          { term: "alerts", text: "rules for Prometheus" },
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
