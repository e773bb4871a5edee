// Workers as one data plane: what is said to all of them, what they say together, and who follows one that dies.

import type { Clock } from "../clock.ts";
import { LbError } from "../errors.ts";
import type { Log } from "../observe/log.ts";
import type { Admission } from "../session/admission.ts";
import type { SessionTable } from "../session/session-table.ts";
import type { Answer, Question } from "../worker/message.ts";
import type { Snapshot } from "../worker/plane.ts";
import type { DataPlane, Door } from "./data-plane.ts";
import { inTime } from "./deadline.ts";
import { type FleetListener, lendTo, openForLinux, openForNet } from "./fleet-listener.ts";
import type { FleetWorker } from "./fleet-worker.ts";
import type { LentSocket } from "./inherited-sockets.ts";
import { Restarts } from "./restarts.ts";

export interface FleetOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly admission: Admission;
  readonly transport: "net" | "linux";
  /** Makes the workers, none of which has a thread yet. @param onDied when one has died. */
  readonly workers: (onDied: (worker: number, cause: string) => void) => readonly FleetWorker[];
  /** A worker has gone: takes over what it leaves. @returns how many sessions it had. */
  readonly settle: (worker: FleetWorker, cause: string) => number;
  /** Workers die again and again: it makes no sense to go on. */
  readonly onGivenUp: (error: LbError) => void;
  /** Where the end of the process is announced: without a word to them it would wait for the workers for ever. */
  readonly process: Pick<NodeJS.EventEmitter, "on" | "removeListener">;
}

/** Loading takes some tens of milliseconds, on a loaded machine more. */
const LONGEST_START_MS = 30_000;
/** A worker that has been told to leave, and is not in the middle of something, does so in the next turn. */
const LONGEST_STOP_MS = 500;
/** How long those whom the kernel has accepted take to show up, after it lets in nobody new. */
const LAST_ACCEPTS_MS = 50;

export function createFleet(options: FleetOptions): DataPlane {
  const { clock, log, admission, transport, settle, onGivenUp } = options;
  const restarts = new Restarts();
  const workers = options.workers(died);
  const listeners = new Map<number, FleetListener>();
  let lastDoor = 0;
  let snapshot: Snapshot | undefined;
  let state: "new" | "starting" | "accepting" | "draining" | "closed" = "new";
  /** Sessions that dead workers took along while the others drained. */
  let lost = 0;
  /** Of all, before the first of them starts: each rings every other's. */
  const bells = (): readonly number[] =>
    workers.map((worker) => worker.openBell()).filter((bell) => bell !== undefined);
  const halt = (): void => {
    for (const worker of workers) worker.halt();
  };

  async function start(): Promise<void> {
    state = "starting";
    options.process.on("exit", halt);
    const started = Promise.all(workers.map((worker) => worker.start(snapshot, bells())));
    const all = await inTime(clock, started, LONGEST_START_MS);
    if (all === undefined) {
      throw new LbError("LB_WORKER", `the workers did not start within ${LONGEST_START_MS / 1_000} s; report it`);
    }
    // It may have been closed meanwhile.
    if (isIn("starting")) state = "accepting";
  }

  function isIn(wanted: typeof state): boolean {
    return state === wanted;
  }

  /** Asks whoever lives. */
  async function askAll(questionFor: (worker: number) => Question | undefined): Promise<readonly Answer[]> {
    const answers = await Promise.all(
      workers.map((worker) => {
        const question = questionFor(worker.worker);
        return question === undefined ? Promise.resolve(undefined) : worker.ask(question);
      }),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  async function listen(
    name: string,
    address: FleetListener["address"],
    dualStack: boolean,
    inherited?: LentSocket,
  ): Promise<Door> {
    const options = snapshot?.listeners.find((listener) => listener.name === name);
    if (options === undefined) throw new Error(`the snapshot has no listener "${name}"`);
    lastDoor++;
    const id = lastDoor;
    const opened = await (inherited !== undefined
      ? lendTo(transport, id, options, address, inherited)
      : transport === "linux"
        ? openForLinux(id, options, address, dualStack, workers.length)
        : openForNet(id, options, address, dualStack, clock));
    listeners.set(id, opened);
    // One that is being replaced is asked when it is ready, with all the others.
    const answers = await askAll((worker) =>
      workers[worker]?.isReady === true ? opened.questionFor(worker) : undefined,
    );
    const failure = answers.find((answer) => answer.kind === "failed");
    if (failure === undefined) return { id, address: opened.address };
    await stopAccepting([id]);
    throw systemError(failure);
  }

  async function stopAccepting(doors?: readonly number[]): Promise<void> {
    if (doors === undefined && state !== "closed") state = "draining";
    const closing = (doors ?? [...listeners.keys()]).flatMap((door) => listeners.get(door) ?? []);
    // Out of the list first: a worker that begins now is not asked to accept there.
    for (const { door } of closing) listeners.delete(door);
    if (transport === "linux" && closing.length > 0) {
      for (const listener of closing) listener.refuseNew();
      await new Promise<void>((resolve) => void clock.setTimer(resolve, LAST_ACCEPTS_MS));
    }
    await askAll(() => ({ kind: "stop-accepting", doors: doors ?? "all" }));
    // Not before: the descriptor would be another file's while a worker still accepts from it.
    for (const listener of closing) listener.close();
  }

  function died(index: number, cause: string): void {
    const worker = workers[index];
    if (worker === undefined) return;
    const sessions = settle(worker, cause);
    // The places that its sessions had are free, and nobody else says so.
    for (const other of workers) other.post({ kind: "look-after-queues" });
    const fields = { worker: index, sessions, error: cause };
    const message = `Worker ${index} died (${cause}); its ${sessions} sessions were reset`;
    if (state !== "accepting") {
      lost += sessions;
      log.error("worker-failed", fields, message);
      return;
    }
    const delayMs = restarts.next(clock.nowMs());
    if (delayMs === undefined) {
      log.error("worker-failed", fields, `${message}; it was not the first, so lb-tcp stops`);
      // Once: whoever dies from here on is not replaced.
      state = "draining";
      onGivenUp(new LbError("LB_WORKER", `workers died again and again, the last one of: ${cause}; please report it`));
      return;
    }
    log.error("worker-failed", fields, `${message}; another takes its place in ${delayMs} ms`);
    clock.setTimer(() => replace(worker), delayMs);
  }

  function replace(worker: FleetWorker): void {
    if (state !== "accepting") return;
    worker.start(snapshot, bells()).then(
      async () => {
        log.info("worker-started", { worker: worker.worker }, `Worker ${worker.worker} runs again`);
        for (const listener of listeners.values()) {
          // A close may have come meanwhile, and asked it to stop before it was asked to begin.
          if (!isIn("accepting")) return;
          const question = listener.questionFor(worker.worker);
          const answer = question === undefined ? undefined : await worker.ask(question);
          if (answer?.kind !== "failed") continue;
          const fields = { worker: worker.worker, error: systemError(answer) };
          log.error("worker-failed", fields, `Worker ${worker.worker} can't listen; the others do`);
        }
      },
      // `died` hears of it, too.
      () => {},
    );
  }

  return {
    transport,
    workers: workers.length,
    sessions: workers.map((worker): SessionTable => worker.state.sessions),
    get acknowledgedVersion() {
      const versions = workers.filter(({ isAlive }) => isAlive).map((worker) => worker.acknowledgedVersion);
      return Math.min(snapshot?.version ?? 0, ...versions);
    },
    get sessionCount() {
      return admission.processActive;
    },
    start,
    apply(next) {
      snapshot = next;
      for (const worker of workers) worker.post({ kind: "apply", snapshot: next });
    },
    listen,
    assign(door, listener) {
      const assigned = listeners.get(door);
      if (assigned === undefined) return;
      assigned.listener = listener;
      for (const worker of workers) worker.post({ kind: "assign", door, listener });
    },
    async settled() {
      // One that has not begun yet begins with the newest.
      await askAll((worker) => (workers[worker]?.isReady === true ? { kind: "settle" } : undefined));
    },
    stopAccepting,
    async abort(end, which, only) {
      const answers = await askAll((worker) =>
        only === undefined || only === worker ? { kind: "abort", end, which } : undefined,
      );
      const aborted = answers.reduce((sum, answer) => sum + (answer.kind === "done" ? answer.count : 0), 0);
      return which.kind === "all" ? aborted + lost : aborted;
    },
    async whenEmpty() {
      await askAll(() => ({ kind: "when-empty" }));
    },
    wantRecords(areWanted) {
      for (const { state: shared } of workers) shared.words.wantsRecords = areWanted;
    },
    setLogLevel(level) {
      for (const { state: shared } of workers) shared.words.logLevel = level;
    },
    workerStats: (nowMs) => workers.map((worker) => worker.stats(nowMs)),
    async close() {
      state = "closed";
      const stopped = Promise.all(workers.map((worker) => worker.stop())).then(() => true);
      if ((await inTime(clock, stopped, LONGEST_STOP_MS)) !== true) {
        for (const worker of workers) worker.terminate();
        await stopped;
      }
      options.process.removeListener("exit", halt);
      for (const worker of workers) {
        settle(worker, "it was stopped");
        worker.close();
      }
    },
  };
}

/** As the system's error was in the worker: only text and code can be posted. */
function systemError({ message, code }: Extract<Answer, { kind: "failed" }>): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
