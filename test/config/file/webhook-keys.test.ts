import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectiveText } from "../../../src/config/effective-text.ts";
import { loadOptions } from "../../../src/config/load.ts";
import { resolve } from "../../../src/config/resolve.ts";
import type { WebhookOptions } from "../../../src/config/webhook-options.ts";
import { optionsIn, problemsIn } from "./texts.ts";

const REST = "listeners: { web: { listen: 80 } }\npools: { web: { backends: [] } }\n";

function webhook(keys: string): WebhookOptions | undefined {
  return optionsIn(`version: 1\nwebhook: { ${keys} }\n${REST}`).balancer.webhook;
}

function problems(keys: string): readonly string[] {
  return problemsIn(`version: 1\nwebhook: { ${keys} }\n${REST}`);
}

/** What `lb-tcp check` says of it. */
function shown(keys: string, environment: Record<string, string> = {}): string {
  const given = { flags: { config: ["lb.yaml"] }, environment };
  const loaded = loadOptions(given, () => `version: 1\nwebhook: { ${keys} }\n${REST}`);
  const text = effectiveText(resolve(loaded.options), loaded, given);
  return /^webhook:\n(?: .*\n)+/m.exec(text)?.[0] ?? "";
}

describe("the webhook in a file", () => {
  it("needs a URL only", () => {
    assert.deepEqual(webhook("url: 'https://hooks.internal/x'"), { url: "https://hooks.internal/x" });
  });

  it("says what is told, and how long and how many may wait", () => {
    assert.deepEqual(webhook("url: 'http://a/', events: [down, up], timeout: 2s, queue: 10"), {
      url: "http://a/",
      events: ["down", "up"],
      timeoutMs: 2_000,
      queueLength: 10,
    });
    assert.deepEqual(webhook("url: 'http://a/', events: ejected")?.events, ["ejected"]);
  });

  it("is refused where it can't be meant, in its place", () => {
    assert.deepEqual(problems(""), [
      "lb.yaml:2:1 webhook.url: missing, expected a URL such as https://hooks.example.com/lb-tcp",
    ]);
    assert.deepEqual(problems("url: 'http://a', events: [], timeout: 5, queue: 0"), [
      "lb.yaml:2:37 webhook.events: got an empty list, expected an event, or a list of them",
      'lb.yaml:2:50 webhook.timeout: "5" has no unit; write 5s or 5m',
      'lb.yaml:2:60 webhook.queue: got "0", expected a whole number from 1 to 10,000',
    ]);
    assert.deepEqual(problems("url: 'http://a', event: down"), [
      "lb.yaml:2:29 webhook.event: unknown key; did you mean events?",
    ]);
  });

  it("never shows its URL in whole, right or wrong", () => {
    assert.ok(!problems("url: 'hooks.internal/hunter2'").join("").includes("hunter2"));
    assert.equal(
      shown("url: 'https://name:hunter2@hooks.internal/x'"),
      "webhook:\n  url: https://hooks.internal/…\n  events:\n    - down\n    - up\n    - ejected\n    - returned\n  timeout: 5s\n  queue: 1000\n",
    );
  });

  it("shows the variable that it came from", () => {
    const environment = { HOOK: "https://name:hunter2@hooks.internal/x" };
    assert.match(shown("url: '${HOOK}'", environment), /^ {2}url: \$\{HOOK\}$/m);
  });
});
