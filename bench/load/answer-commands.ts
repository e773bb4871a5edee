// The other side of load-process.ts: in the process that makes the load.

import { createInterface } from "node:readline";
import { messageOf } from "../../src/errors.ts";

/** Answers each line of stdin. The process ends with its stdin, and so with whoever has started it. */
export function answerCommands<Command>(answer: (command: Command) => Promise<unknown>): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => void reply(JSON.parse(line), answer));
  lines.on("close", () => process.exit(0));
}

async function reply<Command>(command: Command, answer: (command: Command) => Promise<unknown>): Promise<void> {
  let text: string;
  try {
    text = JSON.stringify({ answer: (await answer(command)) ?? null });
  } catch (error) {
    text = JSON.stringify({ failure: messageOf(error) });
  }
  process.stdout.write(`${text}\n`);
}
