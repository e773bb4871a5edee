import { type LogLevel, logLevels } from "../config/options.ts";

const STOP = 0;
const WANTS_RECORDS = 1;
const LOG_LEVEL = 2;
const WORDS = 3;

/** What the control plane asks of a worker without a message, so that it is in force at once. */
export class Words {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** The worker is to leave. A worker that waits in a system call sees it when its bell has rung. */
  get isStopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0;
  }

  set isStopped(value: boolean) {
    Atomics.store(this.#words, STOP, Number(value));
  }

  /** Somebody listens to each session's record. */
  get wantsRecords(): boolean {
    return Atomics.load(this.#words, WANTS_RECORDS) !== 0;
  }

  set wantsRecords(value: boolean) {
    Atomics.store(this.#words, WANTS_RECORDS, Number(value));
  }

  /** The least level that is logged. */
  get logLevel(): LogLevel {
    // Read for each session, by a plain load: whoever changes it does not wait for it.
    return logLevels[this.#words[LOG_LEVEL] ?? 0] ?? "silent";
  }

  set logLevel(level: LogLevel) {
    Atomics.store(this.#words, LOG_LEVEL, logLevels.indexOf(level));
  }
}
