// The webhook in a file.

import type { z } from "zod";
import { parseCount } from "../count.ts";
import { defaults } from "../defaults.ts";
import { defined } from "../defined.ts";
import { formatDuration } from "../duration.ts";
import { choice, duration } from "../kind.ts";
import { limits } from "../limits.ts";
import { type WebhookOptions, webhookEvents } from "../webhook-options.ts";
import { parseWebhookUrl, WEBHOOK_URL } from "../webhook-schema.ts";
import { countLeaf, ofKind, parsedLeaf } from "./leaf.ts";
import { key, needed, oneOrMany, section } from "./section.ts";

const { webhook } = defaults;

export const webhookKeys: z.ZodType<WebhookOptions> = section("a map with url, events, timeout and queue", {
  url: needed(parsedLeaf(WEBHOOK_URL, parseWebhookUrl), {
    description: "where each change of a backend is POSTed as JSON; never shown in whole",
  }),
  events: key(oneOrMany(ofKind(choice("down", webhookEvents)), "an event, or a list of them"), {
    description: "what is told",
    default: webhookEvents.join(", "),
  }),
  timeout: key(ofKind(duration(webhook.timeoutMs, limits.webhookMs)), {
    description: "longest time for one attempt",
    default: formatDuration(webhook.timeoutMs),
  }),
  queue: key(
    countLeaf(limits.webhookQueue, (text) => parseCount(text, limits.webhookQueue)),
    { description: "how many may wait; beyond that the oldest is lost", default: String(webhook.queueLength) },
  ),
}).transform(({ url, events, timeout, queue }) =>
  defined<WebhookOptions>({ url, events, timeoutMs: timeout, queueLength: queue }),
);
