// The standard output of a process, as shells, containers and systemd hand it over: each case is a process of its own,
// and one that hangs fails by its time limit.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { connect, createServer, Socket } from "node:net";
import type { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/clock.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withDeadline } from "../support/deadline.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { findProgram, runProgram, skipReason } from "../support/programs.ts";
import { receivedLines } from "./numbered-lines.ts";
import type { ChildReport } from "./sink-child.ts";

const folder = makeTemporaryFolder("stdout");
after(() => rmSync(folder, { recursive: true }));

const TIMEOUT = { timeout: 120_000 };
const PATIENCE_MS = 30_000;
const LIMIT_BYTES = 65_536;
const LINE_BYTES = 490;
const childPath = fileURLToPath(new URL("sink-child.js", import.meta.url));

interface Child {
  readonly process: ChildProcess;
  readonly reportPath: string;
  /** Waits for the end, which has to be in order, and for nothing else: nothing is read meanwhile. */
  finish(): Promise<ChildReport>;
}

let childCount = 0;

function start(scenario: string, stdout: number | Socket): Child {
  const reportPath = `${folder}/report-${childCount++}`;
  return watch(
    spawn(process.execPath, [childPath, scenario, reportPath], { stdio: ["ignore", stdout, "inherit"] }),
    reportPath,
  );
}

function watch(child: ChildProcess, reportPath: string): Child {
  const exited = once(child, "exit");
  return {
    process: child,
    reportPath,
    async finish() {
      try {
        const [code, signal] = await withDeadline(exited, () => "the child to end", PATIENCE_MS);
        assert.deepEqual({ code, signal }, { code: 0, signal: null });
      } finally {
        child.kill("SIGKILL");
      }
      return readReport(reportPath);
    },
  };
}

/** Waits without waiting for the end of the child, which it kills when the time is up. */
async function until(condition: () => boolean, child: Child): Promise<void> {
  const deadlineMs = systemClock.nowMs() + PATIENCE_MS;
  while (!condition()) {
    if (systemClock.nowMs() > deadlineMs) {
      child.process.kill("SIGKILL");
      throw new Error(`waited ${PATIENCE_MS} ms`);
    }
    await nextTurn();
  }
}

function readReport(path: string): ChildReport {
  return JSON.parse(readFileSync(path, "utf8"));
}

interface Pipe {
  /** For the child. */
  readonly writer: number;
  /** Not read before the test does. */
  readonly reader: Socket;
}

/** A pipe as a shell makes one: what Node makes for a child is a socket. */
async function createPipe(): Promise<Pipe> {
  const path = `${folder}/pipe-${childCount++}`;
  await runProgram("mkfifo", [path]);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  return { reader: new Socket({ fd, writable: false }), writer };
}

/** Starts the child, which alone holds the pipe open from then on. */
function startOnPipe(scenario: string, { writer }: Pipe): Child {
  const child = start(scenario, writer);
  closeSync(writer);
  return child;
}

async function readAll(stream: Readable | null): Promise<string> {
  return Buffer.concat((await stream?.toArray()) ?? []).toString();
}

/** Nothing was kept beyond the limit: what is neither lost nor in the pipe (or the socket) fits into it. */
function assertBounded(report: ChildReport, outBytes: number): void {
  const keptBytes = (report.writtenCount - report.droppedCount) * LINE_BYTES;
  assert.ok(report.droppedCount > 0);
  assert.ok(keptBytes <= outBytes + LIMIT_BYTES + 2 * LINE_BYTES, `${keptBytes} bytes kept, ${outBytes} out`);
}

interface SocketPair extends AsyncDisposable {
  /** For the child. */
  readonly near: Socket;
  /** Paused. */
  readonly far: Socket;
}

async function createSocketPair(): Promise<SocketPair> {
  const path = `${folder}/socket-${childCount++}`;
  const server = createServer({ pauseOnConnect: true }).listen(path);
  await once(server, "listening");
  const near = connect(path);
  const [far]: Socket[] = await once(server, "connection");
  assert.ok(far);
  far.on("error", () => {});
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const mountSkip = await mountSkipReason();

describe("createSink on the standard output", TIMEOUT, () => {
  describe("a pipe", () => {
    it(
      "that nobody reads stops neither the event loop nor the exit, and memory stays bounded",
      withoutLeaks(async () => {
        const pipe = await createPipe();
        const report = await startOnPipe("flood", pipe).finish();
        const text = await readAll(pipe.reader);
        assertBounded(report, Buffer.byteLength(text));
        receivedLines(text.replace(/[^\n]+$/, ""));
      }),
    );

    it(
      "stays blocking for those who share it",
      withoutLeaks(async () => {
        const pipe = await createPipe();
        const { isNonBlocking } = await startOnPipe("flood", pipe).finish();
        assert.equal(isNonBlocking, false);
        pipe.reader.destroy();
      }),
    );

    it(
      "whose reader goes away is survived",
      withoutLeaks(async () => {
        const pipe = await createPipe();
        const child = startOnPipe("outlive", pipe);
        await once(pipe.reader, "data");
        pipe.reader.destroy();
        const { droppedCount } = await child.finish();
        assert.ok(droppedCount > 0);
      }),
    );

    it(
      "whose reader has gone before the start is survived",
      withoutLeaks(async () => {
        const pipe = await createPipe();
        pipe.reader.destroy();
        await once(pipe.reader, "close");
        const { droppedCount } = await startOnPipe("outlive", pipe).finish();
        assert.ok(droppedCount > 0);
      }),
    );

    it(
      "gets the last lines before the process ends by itself, also from a slow reader",
      withoutLeaks(async () => {
        const pipe = await createPipe();
        const child = startOnPipe("finish", pipe);
        await until(() => existsSync(child.reportPath), child);
        const text = readAll(pipe.reader);
        const report = await child.finish();
        assert.deepEqual(receivedLines(await text), { lineCount: report.writtenCount, reportedCount: 0 });
      }),
    );

    it(
      "gets what was gathered when process.exit is called",
      withoutLeaks(async () => {
        const pipe = await createPipe();
        const report = await startOnPipe("exit", pipe).finish();
        const text = await readAll(pipe.reader);
        assert.deepEqual(receivedLines(text), { lineCount: report.writtenCount, reportedCount: 0 });
      }),
    );
  });

  describe("a socket, as systemd's journal is one", () => {
    it(
      "that nobody reads stops neither the event loop nor the exit, and memory stays bounded",
      withoutLeaks(async () => {
        await using pair = await createSocketPair();
        const report = await start("flood", pair.near).finish();
        pair.near.destroy();
        const text = await readAll(pair.far);
        assertBounded(report, Buffer.byteLength(text));
        receivedLines(text.replace(/[^\n]+$/, ""));
      }),
    );

    it(
      "whose reader goes away is survived",
      withoutLeaks(async () => {
        await using pair = await createSocketPair();
        const child = start("outlive", pair.near);
        pair.near.destroy();
        pair.far.resume();
        await once(pair.far, "data");
        pair.far.destroy();
        const { droppedCount } = await child.finish();
        assert.ok(droppedCount > 0);
      }),
    );

    for (const scenario of ["finish", "exit"]) {
      it(
        `gets every line (${scenario})`,
        withoutLeaks(async () => {
          await using pair = await createSocketPair();
          const child = start(scenario, pair.near);
          pair.near.destroy();
          const text = readAll(pair.far);
          const report = await child.finish();
          assert.deepEqual(receivedLines(await text), { lineCount: report.writtenCount, reportedCount: 0 });
        }),
      );
    }
  });

  describe("a file", () => {
    for (const scenario of ["finish", "exit"]) {
      it(
        `gets every line after what is in it, at the position that it shares with others (${scenario})`,
        withoutLeaks(async () => {
          const path = `${folder}/file-${scenario}`;
          const fd = openSync(path, "w");
          writeSync(fd, "before\n");
          const report = await start(scenario, fd).finish();
          writeSync(fd, "after\n");
          closeSync(fd);
          const text = readFileSync(path, "utf8");
          assert.ok(text.startsWith("before\n") && text.endsWith("after\n"));
          assert.deepEqual(receivedLines(text.slice(7, -6)), { lineCount: report.writtenCount, reportedCount: 0 });
        }),
      );
    }

    it(
      "on a full disk stops neither the event loop nor the exit",
      withoutLeaks(async () => {
        const fd = openSync("/dev/full", "w");
        const report = await start("flood", fd).finish();
        closeSync(fd);
        assertBounded(report, 0);
      }),
    );

    it(
      "is written on when a full disk has room again",
      { skip: mountSkip },
      withoutLeaks(async () => {
        const mountPoint = `${folder}/disk`;
        const reportPath = `${folder}/report-disk`;
        mkdirSync(mountPoint);
        const command =
          'mount -t tmpfs -o size=128k none "$1" && head -c 65536 /dev/zero > "$1/log.ballast" && ' +
          'exec "$2" "$3" disk "$4" "$1/log"';
        const args = ["-m", "sh", "-c", command, "sh", mountPoint, process.execPath, childPath, reportPath];
        const { code, stdout, stderr } = await runProgram("unshare", args);
        assert.equal(code, 0, stderr);
        const { writtenCount, droppedCount } = readReport(reportPath);
        assert.ok(droppedCount > 0);
        assert.deepEqual(receivedLines(stdout), {
          lineCount: writtenCount - droppedCount,
          reportedCount: droppedCount,
        });
      }),
    );
  });

  describe("a terminal", () => {
    it(
      "that stands still stops neither the event loop nor the exit",
      { skip: skipReason("script") },
      withoutLeaks(async () => {
        const reportPath = `${folder}/report-terminal`;
        // `script` holds the other end of the terminal. Once it is stopped nobody reads there.
        const command = [process.execPath, childPath, "floodOnDemand", reportPath].join(" ");
        const script = watch(
          spawn(findProgram("script") ?? "script", ["-qec", command, "/dev/null"], {
            stdio: ["ignore", "pipe", "inherit"],
          }),
          reportPath,
        );
        await until(() => existsSync(`${reportPath}.ready`), script);
        script.process.kill("SIGSTOP");
        await until(() => stateOf(script.process.pid) === "T", script);
        writeFileSync(`${reportPath}.go`, "");
        await until(() => existsSync(reportPath) && "ZX".includes(stateOf(readReport(reportPath).pid)), script);
        script.process.kill("SIGCONT");
        const text = readAll(script.process.stdout);
        const report = await script.finish();
        assertBounded(report, Buffer.byteLength(await text));
      }),
    );
  });

  it(
    "that was closed before the start is survived",
    withoutLeaks(async () => {
      const reportPath = `${folder}/report-closed`;
      const args = ["-c", 'exec "$0" "$@" >&-', process.execPath, childPath, "finish", reportPath];
      const { droppedCount } = await watch(spawn("sh", args, { stdio: "inherit" }), reportPath).finish();
      assert.equal(droppedCount, 0);
    }),
  );
});

/** The letter of proc(5): T is stopped, Z has ended; X also for a process that is not there any more. */
function stateOf(pid: number | undefined): string {
  try {
    return /^State:\t(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "X";
  } catch {
    return "X";
  }
}

async function mountSkipReason(): Promise<string | false> {
  if (findProgram("unshare") === undefined) return "not installed: unshare";
  const { code } = await runProgram("unshare", ["-m", "true"]);
  return code === 0 ? false : "this user may not mount a file system";
}
