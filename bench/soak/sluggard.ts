/**
 * A process that stands still now and then: its accept queue fills up, dials to it wait, and what is sent to it stays in
 * the balancer.
 */
export class Sluggard {
  static readonly #PERIOD_MS = 3_000;
  static readonly #PAUSE_MS = 250;
  readonly #pid: number;
  readonly #period: NodeJS.Timeout;
  #pause: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    this.#period = setInterval(() => this.#standStill(), Sluggard.#PERIOD_MS);
  }

  /** Leaves it running. */
  stop(): void {
    clearInterval(this.#period);
    clearTimeout(this.#pause);
    process.kill(this.#pid, "SIGCONT");
  }

  #standStill(): void {
    process.kill(this.#pid, "SIGSTOP");
    this.#pause = setTimeout(() => process.kill(this.#pid, "SIGCONT"), Sluggard.#PAUSE_MS);
  }
}
