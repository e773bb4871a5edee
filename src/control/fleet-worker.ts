// One worker of a fleet, over all the threads that it has had.

import type { Clock } from "../clock.ts";
import { LbError, messageOf } from "../errors.ts";
import { sessionsIn } from "../session/admission.ts";
import { closeBell, openBell, ringBell } from "../transport/linux/bell.ts";
import type { Assignment } from "../worker/assignment.ts";
import type { Answer, FromWorker, Question, Report, ToWorker } from "../worker/message.ts";
import type { Snapshot } from "../worker/plane.ts";
import type { Spawn, Thread } from "./thread.ts";
import type { WorkerState } from "./worker-state.ts";
import { type WorkerStats, workerStats } from "./worker-stats.ts";

/** What is answered at once takes less than a turn: whoever is silent for so long is caught in a loop. */
const LONGEST_ANSWER_MS = 5_000;

/** What is fleet-wide in an assignment. */
export type FleetAssignment = Omit<Assignment, "worker" | "bell" | "bells" | "memory">;

/** What it lives in, and who is told. */
export interface FleetWorkerWorld {
  readonly clock: Clock;
  onReport(report: Report): void;
  /** Its thread has gone without having been asked to. It may be started again. */
  onDied(cause: string): void;
}

/** Its memory and its bell outlive its threads. */
export class FleetWorker {
  readonly worker: number;
  readonly state: WorkerState;
  readonly #common: FleetAssignment;
  readonly #spawn: Spawn;
  readonly #world: FleetWorkerWorld;
  readonly #questions = new Map<number, (answer: Answer | undefined) => void>();
  /** From the first start on. */
  #bell: number | undefined;
  #thread: Thread | undefined;
  #isReady = false;
  #lastRequest = 0;
  #starts = 0;
  #acknowledgedVersion = 0;
  #settleStart: ((failure: LbError | undefined) => void) | undefined;
  #onStopped: (() => void) | undefined;

  constructor(worker: number, state: WorkerState, common: FleetAssignment, spawn: Spawn, world: FleetWorkerWorld) {
    this.worker = worker;
    this.state = state;
    this.#spawn = spawn;
    this.#world = world;
    this.#common = common;
  }

  /** Whether there is a thread now. */
  get isAlive(): boolean {
    return this.#thread !== undefined;
  }

  /** Whether there is one that has begun. */
  get isReady(): boolean {
    return this.#thread !== undefined && this.#isReady;
  }

  /** The snapshot that it runs on. One that has not begun yet can't run on an older one than it will be given. */
  get acknowledgedVersion(): number {
    return this.#acknowledgedVersion;
  }

  stats(nowMs: number): WorkerStats {
    const restarts = Math.max(0, this.#starts - 1);
    return workerStats(this.worker, sessionsIn(this.state.admissionShare), restarts, this.state.pulse, nowMs);
  }

  /** What wakes it, from now on until `close`; undefined where messages do. */
  openBell(): number | undefined {
    if (this.#common.transport === "linux") this.#bell ??= openBell();
    return this.#bell;
  }

  /**
   * Starts a thread.
   * @param bells of all workers, by worker.
   * @returns when it can be asked to listen. Rejects with `LB_WORKER` when it has gone before.
   */
  start(snapshot: Snapshot | undefined, bells: readonly number[]): Promise<void> {
    this.openBell();
    this.#acknowledgedVersion = snapshot?.version ?? 0;
    this.#isReady = false;
    this.#starts++;
    this.state.words.isStopped = false;
    this.state.pulse.beat(this.#world.clock.nowMs(), 0);
    const started = new Promise<void>((resolve, reject) => {
      this.#settleStart = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    this.#thread = this.#spawn(
      { ...this.#common, worker: this.worker, bell: this.#bell, bells, memory: this.state.memory },
      { onMessage: (message) => this.#hear(message), onGone: (error) => this.#gone(error) },
    );
    if (snapshot !== undefined) this.post({ kind: "apply", snapshot });
    return started;
  }

  post(message: ToWorker): void {
    this.#thread?.post(message);
    this.#ring();
  }

  /**
   * A worker that does not answer in time is ended.
   * @returns the answer; undefined when there is nobody to give it, now or any more.
   */
  ask(question: Question): Promise<Answer | undefined> {
    if (this.#thread === undefined) return Promise.resolve(undefined);
    this.#lastRequest++;
    const request = this.#lastRequest;
    // How long sessions last, and a socket takes to listen, is nobody's fault.
    const isPrompt = question.kind !== "listen" && question.kind !== "accept" && question.kind !== "when-empty";
    const deadline = isPrompt ? this.#world.clock.setTimer(() => this.terminate(), LONGEST_ANSWER_MS) : undefined;
    return new Promise((resolve) => {
      this.#questions.set(request, (answer) => {
        deadline?.cancel();
        resolve(answer);
      });
      this.post({ kind: "ask", request, question });
    });
  }

  /** Sets the word that ends it, and wakes it: without that, nothing ends a thread that waits in a system call. */
  halt(): void {
    this.state.words.isStopped = true;
    this.#ring();
  }

  /** Asks it to leave. @returns when its thread has gone. */
  stop(): Promise<void> {
    if (this.#thread === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.halt();
      this.post({ kind: "stop" });
    });
  }

  /** Ends a thread that does not leave. */
  terminate(): void {
    this.halt();
    this.#thread?.terminate();
  }

  /** After its last thread has gone. */
  close(): void {
    if (this.#bell !== undefined) closeBell(this.#bell);
    this.#bell = undefined;
  }

  #ring(): void {
    if (this.#bell !== undefined && this.#thread !== undefined) ringBell(this.#bell);
  }

  #hear(message: FromWorker): void {
    if (message.kind === "ready") {
      this.#isReady = true;
      this.#settleStart?.(undefined);
    } else if (message.kind === "acknowledged") {
      this.#acknowledgedVersion = Math.max(this.#acknowledgedVersion, message.version);
    } else if (message.kind === "answered") {
      this.#questions.get(message.request)?.(message.answer);
      this.#questions.delete(message.request);
    } else this.#world.onReport(message);
  }

  #gone(error: unknown): void {
    this.#thread = undefined;
    const cause = error === undefined ? "its thread has ended" : messageOf(error);
    const wasReady = this.#isReady;
    for (const resolve of this.#questions.values()) resolve(undefined);
    this.#questions.clear();
    if (!wasReady) {
      const message = `worker ${this.worker} could not be started: ${cause}; start with fewer workers, or report it`;
      this.#settleStart?.(new LbError("LB_WORKER", message, { cause: error }));
    }
    if (this.#onStopped !== undefined) this.#onStopped();
    else this.#world.onDied(cause);
  }
}
