import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { http1Answer } from "../../src/wire/http1-answer.ts";
import { readHttp1Status } from "../../src/wire/http1-status.ts";
import { lines } from "./http1-seeds.ts";

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("http1Answer", () => {
  it("says that there is no service, why, and when to come again", () => {
    const head = lines(
      "HTTP/1.1 503 Service Unavailable\nContent-Type: text/plain; charset=utf-8\nContent-Length: 48\nConnection: close\nRetry-After: 2\n\n",
    );
    const options = { reason: "no backend of web is up – yet", retryAfterSeconds: 1.2 };
    const body = "Service not available: no backend of web is up – yet\n";
    assert.equal(textOf(http1Answer(503, options)), `${head.replace("48", String(Buffer.byteLength(body)))}${body}`);
  });

  it("has no body for HEAD, and the same head", () => {
    const whole = textOf(http1Answer(404, { reason: "no route" }));
    const head = textOf(http1Answer(404, { reason: "no route", isHead: true }));
    assert.equal(whole, `${head}Not Found: no route\n`);
  });

  it("is an answer for every status of a failure", () => {
    for (let status = 400; status < 600; status++) {
      const bytes = http1Answer(status);
      const verdict = readHttp1Status(bytes);
      assert.ok(verdict.kind === "match" && verdict.value.status === status);
      const text = textOf(bytes);
      const body = text.slice(verdict.byteCount);
      assert.match(text, new RegExp(`^HTTP/1.1 ${status} [A-Z][^\r]+\r\n`));
      assert.ok(text.includes(`\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`));
    }
  });
});
