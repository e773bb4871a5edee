// The commands beside the balancer itself: --help, completion and the command line know them from here.

export type CommandName = "demo" | "backend" | "explain" | "completion";

export interface Command {
  readonly name: CommandName;
  /** What may follow it, as --help writes it. */
  readonly words: string;
  readonly summary: string;
}

export const commands: readonly Command[] = [
  { name: "demo", words: "", summary: "three backends and a balancer in one process, to try it out" },
  { name: "backend", words: "", summary: "small HTTP backends, to try a balancer with" },
  { name: "explain", words: "[WORD…]", summary: "what a flag, a variable or an end of a session means" },
  { name: "completion", words: "", summary: "a script with which bash and zsh complete what is typed" },
];

/** Reserved, so that they mean the same from the first release on. */
export const laterCommands: readonly string[] = ["check", "doctor", "schema", "ctl", "top"];

export function commandOf(word: string): Command | undefined {
  return commands.find(({ name }) => name === word);
}
