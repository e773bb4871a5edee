// A process of bench's own that makes load: commands go to its stdin, a line of JSON each, and each has one line as answer.

import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Child, startChild } from "../child.ts";
import { moduleFile } from "../repository.ts";
import { cleanEnvironment } from "../subjects/lb-tcp.ts";

export interface LoadProcess {
  readonly pid: number;
  /** The answer, which is what `answerCommands` gave on the other side. One command at a time. */
  ask<Answer>(command: object): Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** Above everything that is asked of one: a balancer that hangs must not hang the run. */
const PATIENCE_MS = 120_000;

/** @param module below bench, such as `load/holder.js`. */
export function startLoadProcess(module: string): LoadProcess {
  const file = moduleFile(module);
  const child: Child = startChild(process.execPath, [file], { ownStdout: true, env: cleanEnvironment() });
  let waiter: ((line: string) => void) | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => waiter?.(line));
  return {
    pid: child.pid,
    async ask(command) {
      const line = new Promise<string>((resolve) => {
        waiter = resolve;
      });
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const impatience = new AbortController();
      const { signal } = impatience;
      const text = await Promise.race([
        line,
        child.exited.then((code) => Promise.reject(new Error(`${module} ended with ${code}: ${child.output()}`))),
        sleep(PATIENCE_MS, undefined, { signal }).then(() => Promise.reject(new Error(`${module} does not answer`))),
      ]).finally(() => impatience.abort());
      const reply: { failure?: string; answer: never } = JSON.parse(text);
      if (reply.failure !== undefined) throw new Error(`${module}: ${reply.failure}`);
      return reply.answer;
    },
    stop: child.stop,
  };
}
