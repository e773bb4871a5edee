// A process of sink-stdout.test.ts whose log goes to its standard output, whatever that is. The first argument says
// what it does, the second is a file for its report.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, systemClock } from "../../src/clock.ts";
import { createSink, type Sink } from "../../src/observe/sink.ts";
import { numberedLine } from "./numbered-lines.ts";

/** What the process says about itself before it ends. */
export interface ChildReport {
  readonly pid: number;
  readonly writtenCount: number;
  readonly droppedCount: number;
  /** Whether the description behind descriptor 1 is non-blocking. */
  readonly isNonBlocking: boolean;
}

const LIMIT_BYTES = 65_536;
const FLOOD_LINES = 2000;
const O_NONBLOCK = 0o4000;

const [, , scenario = "", reportPath = "", output = "stdout"] = process.argv;
let writtenCount = 0;

function write(sink: Sink): void {
  sink.write(numberedLine(writtenCount));
  writtenCount += 1;
}

function report(sink: Sink): void {
  const flags = /flags:\t(\d+)/.exec(readFileSync("/proc/self/fdinfo/1", "utf8"))?.[1] ?? "0";
  const { droppedCount } = sink;
  const isNonBlocking = (Number.parseInt(flags, 8) & O_NONBLOCK) !== 0;
  const content: ChildReport = { pid: process.pid, writtenCount, droppedCount, isNonBlocking };
  // It is there as a whole or not at all.
  writeFileSync(`${reportPath}.new`, JSON.stringify(content));
  renameSync(`${reportPath}.new`, reportPath);
}

/** More than the output and the sink hold, a turn of the event loop for each line; then exits without further ado. */
async function flood(): Promise<void> {
  const sink = createSink({ output, clock: systemClock, limitBytes: LIMIT_BYTES });
  while (writtenCount < FLOOD_LINES) {
    write(sink);
    await nextTurn();
  }
  report(sink);
  process.exit(0);
}

/** As `flood`, once it may: in between, its terminal is brought to a stand. */
async function floodOnDemand(): Promise<void> {
  writeFileSync(`${reportPath}.ready`, "");
  while (!existsSync(`${reportPath}.go`)) await nextTurn();
  await flood();
}

/** Until lines are lost, and for some time after that. */
async function outlive(): Promise<void> {
  const sink = createSink({ output, clock: systemClock, limitBytes: LIMIT_BYTES });
  while (sink.droppedCount === 0) {
    write(sink);
    await nextTurn();
  }
  await flushAndFlood(sink);
}

async function flushAndFlood(sink: Sink): Promise<void> {
  const untilCount = writtenCount + FLOOD_LINES;
  while (writtenCount < untilCount) {
    write(sink);
    await nextTurn();
  }
  await sink.close();
  report(sink);
}

/** Writes more than a pipe holds, and ends by itself once that is read, however long it takes. */
async function finish(): Promise<void> {
  const clock: Clock = { ...systemClock, setTimer: (run, ms) => systemClock.setTimer(run, ms === 1000 ? 60_000 : ms) };
  const sink = createSink({ output, clock });
  while (writtenCount < 1000) write(sink);
  report(sink);
  await sink.close();
}

/** Lines in the sink only, when the process is told to exit. */
function exit(): void {
  const sink = createSink({ output, clock: systemClock });
  process.on("exit", () => sink.closeNow());
  while (writtenCount < 10) write(sink);
  report(sink);
  process.exit(0);
}

/** Fills a disk, which has room again when the ballast is gone. */
async function disk(): Promise<void> {
  const sink = createSink({ output, clock: systemClock, limitBytes: LIMIT_BYTES });
  while (sink.droppedCount === 0) {
    write(sink);
    await nextTurn();
  }
  rmSync(`${output}.ballast`);
  // The first may still meet a write that fails; each next one tries again at once.
  for (let round = 0; round < 3; round++) await sink.flush();
  await sink.close();
  process.stdout.write(readFileSync(output));
  report(sink);
}

const scenarios: ReadonlyMap<string, () => void | Promise<void>> = new Map(
  Object.entries({ flood, floodOnDemand, outlive, finish, exit, disk }),
);
await scenarios.get(scenario)?.();
