import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import type { ProbeOptions } from "../../src/config/probe-options.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { ask } from "./asking.ts";
import { replies, startTalkingServer } from "./talking-server.ts";

function response(status: number, body = "", ...headers: readonly string[]): string {
  return [`HTTP/1.1 ${status} Whatever`, `Content-Length: ${body.length}`, ...headers, "", body].join("\r\n");
}

/** Says it, and closes. */
function finishes(answer: string): (stream: Socket) => void {
  return (stream) => stream.once("data", () => stream.end(answer));
}

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n3\r\n ok\r\n0\r\n\r\n";

describe("a probe over HTTP", () => {
  const cases: readonly [title: string, probe: ProbeOptions, answer: string, reason: string | undefined][] = [
    ["takes 200 to 399 by default", {}, response(302, "", "Location: /login"), undefined],
    ["refuses what is outside, and says what it was", {}, response(503), "answered 503, expected 200-399"],
    ["takes the statuses that it is given", { status: ["200-299", 401] }, response(401), undefined],
    ["refuses others", { status: ["200-299", 401] }, response(302), "answered 302, expected 200-299, 401"],
    ["finds a text in the body", { body: "ok" }, response(200, "all ok"), undefined],
    ["finds one that chunks divide", { body: "l ok" }, CHUNKED, undefined],
    ["says which text is missing", { body: "ok" }, response(200, "down"), 'its answer\'s body does not contain "ok"'],
    ["has nothing against headers up to 16 KiB", {}, response(200, "", `X-Long: ${"a".repeat(10_000)}`), undefined],
    [
      "reads no more of them",
      {},
      response(200, "", `X-Long: ${"a".repeat(20_000)}`),
      "the headers of its answer are larger than 16384 bytes",
    ],
    [
      "says that an answer is something else",
      {},
      "220 mail ready\r\n",
      "its answer is no HTTP/1 (HPE_INVALID_CONSTANT)",
    ],
  ];
  for (const [title, probe, answer, reason] of cases) {
    it(
      title,
      withoutLeaks(async () => {
        await using server = await startTalkingServer({ talk: replies("\r\n\r\n", answer) });
        const expected = reason === undefined ? { kind: "ok" } : { kind: "failed", reason };
        assert.deepEqual(await ask({ type: "http", ...probe }, server.address), expected);
        await server.visit();
      }),
    );
  }

  const faults: readonly [title: string, talk: (stream: Socket) => void, reason: string][] = [
    ["is closed without an answer", finishes(""), "it closed the connection without an answer"],
    ["is closed within the headers", finishes("HTTP/1.1 200 OK\r\nX-"), "it closed the connection without an answer"],
    ["is reset", (stream) => stream.once("data", () => stream.resetAndDestroy()), "it reset the connection"],
    [
      "is closed within the body",
      finishes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nall"),
      "it closed the connection within the body",
    ],
  ];
  for (const [title, talk, reason] of faults) {
    it(
      `says that it ${title}`,
      withoutLeaks(async () => {
        await using server = await startTalkingServer({ talk });
        assert.deepEqual(await ask({ type: "http", body: "ok" }, server.address), { kind: "failed", reason });
        await server.visit();
      }),
    );
  }

  /** Answers 200, and then sends without an end. */
  function endless(stream: Socket): void {
    stream.once("data", () => {
      const fill = (): void => {
        while (!stream.destroyed && stream.write(Buffer.alloc(65_536, "a")));
      };
      stream.on("drain", fill);
      stream.write("HTTP/1.1 200 OK\r\n\r\n");
      fill();
    });
  }

  it(
    "looks at the first 64 KiB of a body, and cuts off what never ends",
    withoutLeaks(async () => {
      await using server = await startTalkingServer({ talk: endless });
      const clock = createFakeClock();
      assert.deepEqual(await ask({ type: "http", body: "ok" }, server.address, { clock }), {
        kind: "failed",
        reason: 'its answer\'s body does not contain "ok"',
      });
      assert.equal((await server.visit()).how, "reset");
      assert.deepEqual(await ask({ type: "http" }, server.address, { clock }), { kind: "ok" });
      assert.equal((await server.visit()).how, "reset");
    }),
  );

  it(
    "asks as it is told",
    withoutLeaks(async () => {
      let heard = "";
      await using server = await startTalkingServer({
        talk(stream) {
          stream.on("data", (chunk: Buffer) => {
            heard += chunk.toString();
          });
          replies("\r\n\r\n", response(200))(stream);
        },
      });
      const probe = { method: "OPTIONS", path: "/health?deep=1", host: "web.internal", headers: { "X-Probe": "a b" } };
      assert.deepEqual(await ask({ type: "http", ...probe }, server.address), { kind: "ok" });
      assert.equal((await server.visit()).how, "finished");
      assert.deepEqual(heard.split("\r\n").sort(), [
        "",
        "",
        "OPTIONS /health?deep=1 HTTP/1.1",
        "X-Probe: a b",
        "accept: */*",
        "connection: close",
        "host: web.internal",
        "user-agent: lb-tcp",
      ]);
    }),
  );
});
