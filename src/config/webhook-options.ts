// Whom backends' changes are told, beside the log: types and a list of words.

export const webhookEvents = ["down", "up", "ejected", "returned"] as const;
/** What a webhook is told of: probes take a backend out and bring it back, or dials that failed. */
export type WebhookEvent = (typeof webhookEvents)[number];

/** A POST for each change of a backend, in their order, with {event, pool, backend, reason, at, instance} as JSON. */
export interface WebhookOptions {
  /** `https://…` or `http://…`. What stands behind the host, and a name and password before it, are never shown. */
  readonly url: string;
  /** Default: all of them. */
  readonly events?: readonly WebhookEvent[];
  /** Longest time for one attempt. Milliseconds, 100 to 60,000, default 5,000. */
  readonly timeoutMs?: number;
  /** How many may wait; beyond that the oldest is lost. 1 to 10,000, default 1,000. */
  readonly queueLength?: number;
}
