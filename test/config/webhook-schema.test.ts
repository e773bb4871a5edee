import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseWebhookUrl, shownWebhookUrl, webhookSchema } from "../../src/config/webhook-schema.ts";
import { problemsOf } from "./problems-of.ts";

describe("webhookSchema", () => {
  it("fills in what is left out", () => {
    assert.deepEqual(webhookSchema.parse({ url: "https://hooks.example.com" }), {
      url: "https://hooks.example.com/",
      events: ["down", "up", "ejected", "returned"],
      timeoutMs: 5_000,
      queueLength: 1_000,
    });
  });

  const refused: readonly [value: unknown, problem: string][] = [
    ["off", 'x: got "off", expected an object of webhook options'],
    [{}, "x.url: missing, expected a URL such as https://hooks.example.com/lb-tcp"],
    [{ url: 1 }, "x.url: got 1, expected a URL such as https://hooks.example.com/lb-tcp"],
    [{ url: "http://a", events: [] }, "x.events: got an empty list, expected at least one event"],
    [
      { url: "http://a", events: ["drain"] },
      'x.events[0]: got "drain", expected one of "down", "up", "ejected", "returned"',
    ],
    [
      { url: "http://a", timeoutMs: 99 },
      "x.timeoutMs: got 99, expected a whole number of milliseconds from 100 to 60,000",
    ],
    [{ url: "http://a", queueLength: 0 }, "x.queueLength: got 0, expected a whole number from 1 to 10,000"],
    [{ url: "http://a", uri: 1 }, 'x: unknown key "uri"; did you mean url?'],
  ];
  for (const [value, problem] of refused) {
    it(`refuses ${JSON.stringify(value)}`, () => assert.deepEqual(problemsOf(webhookSchema, value), [problem]));
  }
});

describe("parseWebhookUrl", () => {
  it("takes what HTTP can be spoken to", () => {
    for (const text of ["http://127.0.0.1:8080/x", "https://name:word@[::1]/a?b=c"]) {
      assert.deepEqual(parseWebhookUrl(text), { value: text });
    }
  });

  it("says what is wrong with others, without showing what may be secret", () => {
    for (const [text, got] of [
      ["hooks.example.com/hunter2", "got what is no URL"],
      ["hunter2:1", "got a URL of something else"],
      ["ftp://name:hunter2@host", "got a URL of something else"],
    ] as const) {
      assert.deepEqual(parseWebhookUrl(text), {
        problem: `${got}, expected a URL such as https://hooks.example.com/lb-tcp, which begins with http:// or https://`,
      });
    }
  });
});

describe("shownWebhookUrl", () => {
  it("shows neither who sends nor what stands behind the host", () => {
    assert.equal(
      shownWebhookUrl("https://name:word@hooks.example.com:8443/services/T0/B0/x?key=y#z"),
      "https://hooks.example.com:8443/…",
    );
    assert.equal(shownWebhookUrl("https://hooks.example.com/?key=y"), "https://hooks.example.com/…");
    assert.equal(shownWebhookUrl("http://name:word@127.0.0.1"), "http://127.0.0.1");
  });
});
