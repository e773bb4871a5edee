#!/usr/bin/env node
import { readFileSync, readlinkSync } from "node:fs";
import { isatty } from "node:tty";
import { systemClock } from "../clock.ts";
import { exitNow } from "./exit.ts";
import { describeFailure, type ExitCode, line } from "./failure.ts";
import { createOutput } from "./output.ts";
import { createTerminal } from "./top/terminal.ts";

const output = createOutput(() => process.stdout, systemClock);
const errors = createOutput(() => process.stderr, systemClock);

// From the first moment on: without a listener, Node would open its inspector.
process.on("SIGUSR1", () => {});
process.on("uncaughtException", (error) => {
  // A running balancer has a listener of its own, which stops it in order.
  if (process.listenerCount("uncaughtException") > 1) return;
  void end(fail(error));
});
// Nothing else may: timers do not keep the process (src/clock.ts), and without sockets it would end in between.
new MessageChannel().port1.ref();

await end(await run());

async function run(): Promise<ExitCode> {
  try {
    // Late, so that the listeners are there before, and so that a package that is missing becomes a message, too.
    const { runProgram } = await import("./program.ts");
    const { takeActivation } = await import("./activation.ts");
    return await runProgram({
      argv: process.argv.slice(2),
      environment: process.env,
      terminals: { stdout: isatty(1), stderr: isatty(2) },
      columns: isatty(1) ? process.stdout.columns : undefined,
      events: process,
      clock: systemClock,
      activation: takeActivation(process.env, process.pid, {
        link: (path) => readlinkSync(path),
        text: (path) => readFileSync(path, "utf8"),
      }),
      terminal:
        isatty(0) && isatty(1)
          ? createTerminal(
              () => process.stdin,
              () => process.stdout,
            )
          : undefined,
      print: output.write,
      flushed: () => output.flushed(),
      complain: errors.write,
    });
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): ExitCode {
  const { text, code } = describeFailure(error);
  errors.write(text);
  return code;
}

async function end(code: ExitCode): Promise<never> {
  // Whoever asks once more now is late, and does not change the exit code.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => {});
  await output.finish();
  const { failure } = output;
  if (failure !== undefined) errors.write(line(`stdout can't be written to (${failure})`));
  await errors.finish();
  exitNow(code === 0 && failure !== undefined ? 1 : code);
}
