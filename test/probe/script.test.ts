import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ProbeOptions } from "../../src/config/probe-options.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { ask } from "./asking.ts";
import { replies, startTalkingServer } from "./talking-server.ts";

type Steps = ProbeOptions["steps"];

/** Says each of these in a turn of its own. */
function says(...parts: readonly (string | Uint8Array)[]): (stream: Socket) => void {
  return (stream) => {
    void (async () => {
      for (const part of parts) {
        stream.write(part);
        await nextTurn();
      }
    })();
  };
}

describe("a probe by a script", () => {
  const cases: readonly [title: string, steps: Steps, talk: (stream: Socket) => void, reason: string | undefined][] = [
    ["finds a text wherever it is", [{ expect: "ready" }], says("220 mail ready\r\n"), undefined],
    ["finds one that comes in pieces", [{ expect: "ready" }], says("220 mail re", "a", "dy\r\n"), undefined],
    ["finds bytes", [{ expect: Uint8Array.of(0, 255) }], says(Uint8Array.of(7, 0), Uint8Array.of(255)), undefined],
    [
      "finds a pattern that comes in pieces",
      [{ expectRegex: "^2\\d\\d .*\r\n$" }],
      says("22", "0 a\r", "\n"),
      undefined,
    ],
    [
      "finds a pattern of bytes above 127",
      [{ expectRegex: "^[\\x80-\\xff]+$" }],
      says(Uint8Array.of(200, 255)),
      undefined,
    ],
    [
      "looks for each step behind what the one before it has found",
      [{ expect: "a" }, { expect: "a" }, { expectRegex: "^b" }],
      says("xxa", "yyab"),
      undefined,
    ],
    ["is content once everything is sent", [{ send: "QUIT\r\n" }], () => {}, undefined],
    [
      "says what was answered where a pattern can't match any more",
      [{ send: "PING\r\n" }, { expectRegex: "^\\+PONG" }],
      replies("PING\r\n", "-ERR no\r\n"),
      'step 2: answered "-ERR no\\r\\n", expected /^\\+PONG/',
    ],
    [
      "says before which answer it was closed",
      [{ expect: "a" }, { send: "b" }, { expect: "c" }],
      (stream) => {
        stream.write("a");
        stream.once("data", () => stream.end());
      },
      "it closed the connection before step 3 was answered",
    ],
    [
      "reads no more than 64 KiB",
      [{ expect: "ready" }],
      says(Buffer.alloc(70_000, "x")),
      "the first 65536 bytes of its answer do not hold what step 1 expects",
    ],
  ];
  for (const [title, steps, talk, reason] of cases) {
    it(
      title,
      withoutLeaks(async () => {
        await using server = await startTalkingServer({ talk });
        const probe = { type: "script" as const, ...(steps === undefined ? {} : { steps }) };
        const expected = reason === undefined ? { kind: "ok" } : { kind: "failed", reason };
        assert.deepEqual(await ask(probe, server.address), expected);
        assert.equal((await server.visit()).how, "finished");
      }),
    );
  }

  it(
    "tells what has come so far while it waits for more",
    withoutLeaks(async () => {
      await using server = await startTalkingServer({ talk: replies("PING\r\n", "-ERR no\r\n") });
      const controller = new AbortController();
      const told = await new Promise<string>((resolve) => {
        const waitFor = (what: string): void => {
          if (what.includes("ERR")) resolve(what);
        };
        const steps = [{ send: "PING\r\n" }, { expect: "+PONG" }];
        void ask({ type: "script", steps }, server.address, { waitFor, signal: controller.signal });
      });
      controller.abort();
      assert.equal(told, '"+PONG" in the answer "-ERR no\\r\\n" to step 2');
      await server.visit();
    }),
  );

  const ready: readonly [script: "redis" | "postgresql", answer: string, kind: string][] = [
    ["redis", "+PONG\r\n", "ok"],
    ["redis", "-NOAUTH Authentication required.\r\n", "ok"],
    ["redis", "-LOADING Redis is loading the dataset in memory\r\n", "failed"],
    ["postgresql", "N", "ok"],
    ["postgresql", "G", "ok"],
    ["postgresql", "E", "failed"],
  ];
  for (const [steps, answer, kind] of ready) {
    it(
      `has a script for ${steps}, for which ${JSON.stringify(answer)} is ${kind}`,
      withoutLeaks(async () => {
        const talk = (stream: Socket): void => void stream.once("data", () => stream.write(answer));
        await using server = await startTalkingServer({ talk });
        const clock = createFakeClock();
        assert.equal((await ask({ type: "script", steps }, server.address, { clock })).kind, kind);
        await server.visit();
      }),
    );
  }
});
