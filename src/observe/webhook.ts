// Tells somebody outside what becomes of backends: one at a time, in order, again and again while it fails. Whoever is told
// may be slow, or gone: nothing waits for it, and what waits for it is bounded.

import type { Clock, Random, Timer } from "../clock.ts";
import type { WebhookConfig } from "../config/config.ts";
import { shownWebhookUrl } from "../config/webhook-schema.ts";
import { createAlarm } from "./alarm.ts";
import type { BackendEvent } from "./events.ts";
import type { Log } from "./log.ts";
import { createPost, type Post } from "./post.ts";

/** Of one message. With the pauses between them, a minute and a half. */
const MOST_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** By which part a pause is longer or shorter, by chance: others have lost the same endpoint. */
const JITTER = 0.1;
const LONGEST_FLUSH_MS = 1_000;
const ALARM_MS = 60_000;

export interface Webhook {
  /** Tells of a change, if there is a webhook and it wants to know. It never waits. */
  tell(event: BackendEvent): void;
  /** Gives what is still to be told a second. Nothing is told afterwards. Idempotent. */
  close(): Promise<void>;
}

export interface WebhookParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Which process says it. */
  readonly instance: string;
  /** What is in force; undefined while there is none. */
  readonly config: () => WebhookConfig | undefined;
  /** Default: by HTTP. */
  readonly post?: Post;
}

/** Starts nothing until there is something to tell. */
export function createWebhook(parts: WebhookParts): Webhook {
  const { clock, random, log, instance, config, post = createPost(clock) } = parts;
  const waiting: string[] = [];
  const abort = new AbortController();
  const failures = createAlarm(clock, ALARM_MS, (reason, count) =>
    log.warn(
      "webhook-failed",
      { url: shownUrl, reason, count },
      `The webhook at ${shownUrl} did not take what it was told: ${reason}`,
    ),
  );
  const losses = createAlarm(clock, ALARM_MS, (reason, count) =>
    log.error(
      "webhook-lost",
      { url: shownUrl, reason, count },
      `Changes of backends were not told to the webhook: ${reason}`,
    ),
  );
  let shownUrl = "";
  let running: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let isFailing = false;
  let wake = (): void => {};

  function tell({ event, pool, backend, reason, at }: BackendEvent): void {
    const wanted = config();
    if (wanted === undefined || closing !== undefined) return;
    if (!wanted.events.some((each) => each === event)) return;
    waiting.push(JSON.stringify({ event, pool, backend, reason, at, instance }));
    const surplus = waiting.splice(0, Math.max(waiting.length - wanted.queueLength, 0)).length;
    if (surplus > 0) losses.raise(`more than ${wanted.queueLength} wait for it`, surplus);
    running ??= run();
  }

  async function run(): Promise<void> {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) await deliver(body);
    running = undefined;
  }

  async function deliver(body: string): Promise<void> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const wanted = config();
      if (wanted === undefined) {
        waiting.length = 0;
        return;
      }
      shownUrl = shownWebhookUrl(wanted.url);
      const reason = await post({ url: wanted.url, body, timeoutMs: wanted.timeoutMs }, abort.signal);
      if (reason === undefined) {
        recovered();
        return;
      }
      isFailing = true;
      if (!abort.signal.aborted) failures.raise(reason);
      if (closing !== undefined) {
        loseRest(1);
        return;
      }
      if (attempt < MOST_ATTEMPTS) await pause(attempt);
    }
    losses.raise(`${MOST_ATTEMPTS} attempts have failed`);
  }

  function recovered(): void {
    if (isFailing)
      log.info("webhook-recovered", { url: shownUrl }, `The webhook at ${shownUrl} takes what it is told again`);
    isFailing = false;
  }

  /** @param more What is not waiting any more. */
  function loseRest(more: number): void {
    const count = waiting.splice(0).length + more;
    if (count > 0) losses.raise("the balancer has closed", count);
  }

  /** Ends at once when the balancer closes. */
  async function pause(attempt: number): Promise<void> {
    if (closing !== undefined) return;
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      timer = clock.setTimer(resolve, ms * (1 - JITTER + 2 * JITTER * random()));
    });
    timer?.cancel();
  }

  async function flush(): Promise<void> {
    const deadline = clock.setTimer(() => abort.abort(), LONGEST_FLUSH_MS);
    wake();
    await running;
    deadline.cancel();
    for (const alarm of [failures, losses]) alarm.close();
  }

  return {
    tell,
    close() {
      closing ??= flush();
      return closing;
    },
  };
}
