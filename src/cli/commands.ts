// The commands beside the balancer itself: --help, completion and the command line know them from here.

export type CommandName =
  | "demo"
  | "backend"
  | "check"
  | "doctor"
  | "ctl"
  | "top"
  | "schema"
  | "explain"
  | "print"
  | "completion";

export interface Command {
  readonly name: CommandName;
  /** What may follow it, as --help writes it. */
  readonly words: string;
  readonly summary: string;
}

export const commands: readonly Command[] = [
  { name: "demo", words: "", summary: "three backends and a balancer in one process, to try it out" },
  { name: "backend", words: "", summary: "small HTTP backends, to try a balancer with" },
  { name: "check", words: "", summary: "what is wrong with flags and file; or what would be in force, as a file" },
  { name: "doctor", words: "", summary: "the same, and whether backends answer, and what may go wrong later" },
  { name: "ctl", words: "VERB", summary: "looks at a running lb-tcp, and changes it, over its admin address" },
  { name: "top", words: "", summary: "a running lb-tcp live on a terminal: sessions, backends, rates" },
  { name: "schema", words: "[table]", summary: "the JSON Schema of configuration files, or a table of their keys" },
  {
    name: "explain",
    words: "[WORD…]",
    summary: "what a flag, a variable, a key of a file or an end of a session means",
  },
  {
    name: "print",
    words: "TOPIC [FILE]",
    summary: "files for where it runs: docker, kubernetes, systemd, grafana, alerts",
  },
  { name: "completion", words: "", summary: "a script with which bash and zsh complete what is typed" },
];

export function commandOf(word: string): Command | undefined {
  return commands.find(({ name }) => name === word);
}
