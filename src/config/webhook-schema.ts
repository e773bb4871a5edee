// The webhook of a balancer, as a library user writes it.

import { z } from "zod";
import type { Parsed } from "../wire/parsed.ts";
import type { WebhookConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { limits } from "./limits.ts";
import { count, milliseconds, oneOf, strict } from "./value-schemas.ts";
import { webhookEvents } from "./webhook-options.ts";

export const WEBHOOK_URL = "a URL such as https://hooks.example.com/lb-tcp";

/** An address for HTTP. A problem does not show the text: it may hold a password. */
export function parseWebhookUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return { value: url.href };
  const got = url === undefined ? "got what is no URL" : "got a URL of something else";
  return { problem: `${got}, expected ${WEBHOOK_URL}, which begins with http:// or https://` };
}

/** What may be shown of such a URL: many that receive webhooks know who may send by the path alone. */
export function shownWebhookUrl(text: string): string {
  const { origin, pathname, search } = new URL(text);
  return pathname === "/" && search === "" ? origin : `${origin}/…`;
}

const url = z.string({ error: expected(WEBHOOK_URL) }).transform((text, context) => {
  const parsed = parseWebhookUrl(text);
  if ("value" in parsed) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.problem });
  return z.NEVER;
});

export const webhookSchema: z.ZodType<WebhookConfig> = strict("an object of webhook options", {
  url: url.describe("where changes of backends are POSTed"),
  events: z
    .array(oneOf(webhookEvents), { error: expected("a list of events") })
    .min(1, { error: "got an empty list, expected at least one event" })
    .prefault([...webhookEvents])
    .describe("what is told"),
  timeoutMs: milliseconds(limits.webhookMs)
    .prefault(defaults.webhook.timeoutMs)
    .describe("longest time for one attempt"),
  queueLength: count(limits.webhookQueue)
    .prefault(defaults.webhook.queueLength)
    .describe("how many may wait; beyond that the oldest is lost"),
});
