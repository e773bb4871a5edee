import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Answer, type Attempt, attempt } from "../../src/probe/attempt.ts";
import type { Asking, ProbeResult } from "../../src/probe/result.ts";
import { Stalls } from "../../src/probe/stalls.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const TIMEOUT_MS = 2_000;

interface Trial {
  readonly clock: FakeClock;
  readonly attempt: Attempt;
  readonly signal: AbortSignal;
  readonly waitFor: (what: string) => void;
  readonly answers: readonly (readonly [ProbeResult, stalled: boolean])[];
  readonly resolve: (result: ProbeResult) => Promise<void>;
  readonly reject: (error: unknown) => Promise<void>;
}

/** An attempt whose answer the test gives, if any. */
function begin(): Trial {
  const clock = createFakeClock();
  const answers: [ProbeResult, boolean][] = [];
  let resolve = (_result: ProbeResult): void => {};
  let reject = (_error: unknown): void => {};
  let asked: Asking | undefined;
  const begun = attempt(clock, new Stalls(clock), {
    timeoutMs: TIMEOUT_MS,
    ask(given) {
      asked = given;
      return new Promise<ProbeResult>((onResult, onError) => {
        resolve = onResult;
        reject = onError;
      });
    },
    onAnswer: ({ result, stalled }) => answers.push([result, stalled]),
  });
  assert.ok(asked !== undefined);
  return {
    clock,
    attempt: begun,
    ...asked,
    answers,
    async resolve(result) {
      resolve(result);
      await nextTurn();
    },
    async reject(error) {
      reject(error);
      await nextTurn();
    },
  };
}

function withResolver(): { readonly promise: Promise<ProbeResult>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<ProbeResult>((done) => {
    resolve = () => done(OK);
  });
  return { promise, resolve };
}

const OK: ProbeResult = { kind: "ok" };
const TIMED_OUT: ProbeResult = { kind: "failed", reason: "no answer within 2s" };

describe("attempt", () => {
  it("hands the answer on, and leaves nothing behind", async () => {
    const { clock, answers, resolve, signal } = begin();
    await resolve(OK);
    assert.deepEqual(answers, [[OK, false]]);
    assert.equal(clock.pendingTimers, 0);
    assert.equal(signal.aborted, false);
  });

  it("takes a rejection for a failure with that reason", async () => {
    const { answers, reject } = begin();
    await reject(new Error("status 503"));
    assert.deepEqual(answers, [[{ kind: "failed", reason: "status 503" }, false]]);
  });

  it("takes a function that throws, or gives no promise, as it would a promise", async () => {
    const clock = createFakeClock();
    const results: ProbeResult[] = [];
    const asks: readonly (() => unknown)[] = [
      () => {
        throw new Error("not a function");
      },
      () => OK,
    ];
    for (const ask of asks) {
      attempt(clock, new Stalls(clock), {
        timeoutMs: TIMEOUT_MS,
        ask: ask as () => Promise<ProbeResult>,
        onAnswer: ({ result }) => results.push(result),
      });
    }
    await nextTurn();
    assert.deepEqual(results, [{ kind: "failed", reason: "not a function" }, OK]);
    assert.equal(clock.pendingTimers, 0);
  });

  it("fails when the time is over, whether or not the signal is obeyed", async () => {
    const { clock, answers, signal, resolve } = begin();
    clock.advance(TIMEOUT_MS - 1);
    assert.deepEqual(answers, []);
    clock.advance(1);
    assert.deepEqual(answers, [[TIMED_OUT, false]]);
    assert.equal(signal.aborted, true);
    assert.equal(clock.pendingTimers, 0);
    await resolve(OK);
    assert.equal(answers.length, 1, "an answer after the end is lost");
  });

  it("says when a failure was measured across a stall", async () => {
    const late = begin();
    late.clock.jump(TIMEOUT_MS + 101);
    late.clock.advance(0);
    assert.deepEqual(late.answers, [[TIMED_OUT, true]]);

    const between = begin();
    between.clock.jump(500);
    between.clock.advance(TIMEOUT_MS - 500);
    assert.deepEqual(between.answers, [[TIMED_OUT, true]]);

    const ownTimeout = begin();
    ownTimeout.clock.jump(500);
    await ownTimeout.reject(new Error("took longer than 300 ms"));
    assert.deepEqual(ownTimeout.answers, [[{ kind: "failed", reason: "took longer than 300 ms" }, true]]);
  });

  it("says so of a success too: it may have been measured before, and how long it took is not known", async () => {
    const { clock, answers, resolve } = begin();
    clock.jump(500);
    await resolve(OK);
    assert.deepEqual(answers, [[OK, true]]);
  });

  it("says what was waited for when the time is over", () => {
    const { clock, answers, waitFor } = begin();
    waitFor("connection");
    waitFor("answer to step 2");
    clock.advance(TIMEOUT_MS);
    assert.deepEqual(answers, [[{ kind: "failed", reason: "no answer to step 2 within 2s" }, false]]);
  });

  it("says how long it took", async () => {
    const clock = createFakeClock();
    const answers: Answer[] = [];
    const { promise, resolve } = withResolver();
    attempt(clock, new Stalls(clock), {
      timeoutMs: TIMEOUT_MS,
      ask: () => promise,
      onAnswer: (answer) => answers.push(answer),
    });
    clock.advance(70);
    resolve();
    await nextTurn();
    assert.deepEqual(answers, [{ result: OK, tookMs: 70, stalled: false }]);
  });

  it("says nothing once it is cancelled, and tells the probe", async () => {
    const { clock, attempt: begun, answers, signal, resolve } = begin();
    begun.cancel();
    begun.cancel();
    assert.equal(signal.aborted, true);
    assert.equal(clock.pendingTimers, 0);
    await resolve(OK);
    clock.advance(TIMEOUT_MS);
    assert.deepEqual(answers, []);
  });

  it("tells the probe also after its answer: what it left behind has to go", async () => {
    const { attempt: begun, resolve, signal } = begin();
    await resolve(OK);
    begun.cancel();
    assert.equal(signal.aborted, true);
  });
});
