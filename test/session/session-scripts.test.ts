// Whatever clients, backends, operators and time do, in whatever order: nothing is lost, nothing is left.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { withAdministrative, withHealth } from "../../src/backend/state.ts";
import type { PeekSnapshot } from "../../src/session/context.ts";
import { LINGER_MS } from "../../src/transport/transport.ts";
import type { MemoryPeer } from "../support/memory-peer.ts";
import { type DialAnswer, failure } from "../support/memory-server.ts";
import { poolSnapshot } from "../support/snapshots.ts";
import { createStage, firstCandidate, type Stage, type StageOptions } from "../support/stage.ts";

const BACKENDS = 3;
const ROWS: readonly number[] = [0, 1, 2];
const LIMIT = 6;
const BACKEND_LIMIT = 3;
const ATTEMPTS = 3;

// Counted from the newest.
const index = fc.nat({ max: 3 });
const row = fc.constantFrom(...ROWS);
const answer = fc.constantFrom<DialAnswer>(
  "accept",
  "accept",
  "accept",
  "wait",
  "wait",
  failure("refused"),
  failure("reset"),
  failure("unreachable"),
  failure("timeout"),
  failure("local"),
);
const peerAct = fc.oneof(
  fc.constantFrom("finish", "finish", "finish", "reset", "lose", "pause", "resume"),
  // A few, and more than the buffers on the way hold.
  fc.oneof(fc.nat({ max: 2_000 }), fc.constant(150_000)).map((byteCount) => ({ byteCount })),
);

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("connect" as const) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("client" as const), index, act: peerAct }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("backend" as const), index, act: peerAct }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("answers" as const), row, answer }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("answer" as const), row, answer }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("turn" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: 4_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("jump" as const), ms: fc.nat({ max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("abort" as const), row: fc.option(row) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict" as const), row }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("pool" as const), rows: fc.subarray([...ROWS], { minLength: 1 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("state" as const),
      row,
      health: fc.constantFrom("up" as const, "up" as const, "down" as const),
      administrative: fc.constantFrom("ready" as const, "ready" as const, "drain" as const),
    }),
  },
);

const options = fc.record({
  // What is said here is none of the known protocols; but who is silent gets a backend that may be given back.
  peek: fc.constantFrom<PeekSnapshot | undefined>(undefined, undefined, {
    as: "auto",
    timeoutMs: 1_000,
    byteCount: 1_024,
    strict: true,
  }),
  dial: fc.constantFrom("immediate" as const, "on-data" as const),
  idleTimeoutMs: fc.constantFrom(5_000, 60_000, Number.POSITIVE_INFINITY),
  halfCloseTimeoutMs: fc.constantFrom(1_000, 10_000),
  maxLifetimeMs: fc.constantFrom(15_000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
  ejects: fc.boolean(),
  // Which picks throw: each that many-th.
  throwsAt: fc.constantFrom(5, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
});

type Action = typeof action extends fc.Arbitrary<infer One> ? One : never;
type Options = typeof options extends fc.Arbitrary<infer One> ? One : never;

function stageOptions({ ejects, throwsAt, ...listener }: Options): StageOptions {
  let picks = 0;
  return {
    backendCount: BACKENDS,
    limit: LIMIT,
    backendLimit: BACKEND_LIMIT,
    listener,
    pool: pool(ejects),
    policy: {
      ...firstCandidate,
      pick(candidates, key, clientIp) {
        picks++;
        if (picks % throwsAt === 0) throw new Error("a bad policy");
        return firstCandidate.pick(candidates, key, clientIp);
      },
    },
  };
}

function pool(ejects: boolean): NonNullable<StageOptions["pool"]> {
  const ejection = { failures: 2, withinMs: 10_000, firstMs: 2_000, longestMs: 8_000 };
  return { attempts: ATTEMPTS, dialTimeoutMs: 2_500, dialDeadlineMs: 6_000, ejection: ejects ? ejection : undefined };
}

/** A peer that sends a stream of its own, which tells who it is. */
interface Speaker {
  readonly name: number;
  readonly peer: MemoryPeer;
  /** Bytes given to `peer` before it finished. */
  sentCount: number;
  hasFinished: boolean;
}

/** What speaker `name` says: its name first, and then a pattern in which each stretch of 251 bytes is its own. */
function speech(name: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  for (let offset = from; offset < to; offset++) {
    bytes[offset - from] = offset === 0 ? name : name + offset * 7 + Math.floor(offset / 251);
  }
  return bytes;
}

function speaker(name: number, peer: MemoryPeer): Speaker {
  return { name, peer, sentCount: 0, hasFinished: false };
}

function doAct(speaking: Speaker | undefined, act: typeof peerAct extends fc.Arbitrary<infer One> ? One : never): void {
  if (speaking === undefined) return;
  const { name, peer } = speaking;
  if (typeof act === "object") {
    if (speaking.hasFinished || peer.isClosed) return;
    peer.send(speech(name, speaking.sentCount, speaking.sentCount + act.byteCount));
    speaking.sentCount += act.byteCount;
  } else if (act === "finish") {
    speaking.hasFinished = true;
    peer.finish();
  } else if (act === "reset") peer.reset();
  else if (act === "lose") peer.lose();
  else if (act === "pause") peer.pause();
  else peer.resume();
}

class Play {
  readonly stage: Stage;
  readonly clients: Speaker[] = [];
  readonly backends: Speaker[] = [];
  readonly #ejects: boolean;
  readonly #peeks: boolean;

  constructor(stage: Stage, { ejects, peek }: Options) {
    this.stage = stage;
    this.#ejects = ejects;
    this.#peeks = peek !== undefined;
    for (const server of stage.servers) {
      server.onAccept = (peer) => void this.backends.push(speaker(this.backends.length % 256, peer));
    }
  }

  async do(taken: Action): Promise<void> {
    const { stage } = this;
    switch (taken.kind) {
      case "connect":
        this.clients.push(speaker(this.clients.length % 256, stage.connect()));
        break;
      case "client":
        doAct(this.clients.at(-1 - taken.index), taken.act);
        break;
      case "backend":
        doAct(this.backends.at(-1 - taken.index), taken.act);
        break;
      case "answers":
        stage.server(taken.row).otherwise = taken.answer;
        break;
      case "answer":
        this.#answer(taken.row, taken.answer);
        break;
      case "turn":
        stage.transport.turn();
        break;
      case "settle":
        stage.settle();
        break;
      case "pass":
        stage.pass(taken.ms);
        break;
      case "jump":
        stage.clock.jump(taken.ms);
        stage.clock.advance(0);
        stage.transport.turn();
        await nextTurn();
        break;
      case "abort":
        stage.plane.abort("closed-by-operator", ({ backendRow }) => taken.row === null || taken.row === backendRow);
        break;
      case "evict":
        stage.plane.evict("drained", ({ backendRow }) => taken.row === backendRow);
        break;
      case "pool":
        stage.apply({ pools: [poolSnapshot(taken.rows, pool(this.#ejects))] });
        break;
      case "state":
        stage.table.changeState(taken.row, (word) =>
          withAdministrative(withHealth(word, taken.health), taken.administrative),
        );
        break;
    }
  }

  #answer(waitingRow: number, given: DialAnswer): void {
    const server = this.stage.server(waitingRow);
    if (server.waiting.length === 0 || given === "wait") return;
    if (given === "accept") server.accept();
    else server.fail(given);
  }

  /** At any moment: what is counted is what there is. */
  checkCounts(): void {
    const { plane, table, admission } = this.stage;
    const counted = ROWS.map(() => 0);
    plane.abort("internal", ({ backendRow }) => {
      if (backendRow >= 0) counted[backendRow] = (counted[backendRow] ?? 0) + 1;
      return false;
    });
    const active = ROWS.map((each) => table.active[each] ?? 0);
    if (!this.#peeks) assert.deepEqual(active, counted);
    // Besides, those that were dialled for a client that is silent, until it goes there or they have been left.
    assert.ok(active.every((count, each) => count >= (counted[each] ?? 0) && count <= BACKEND_LIMIT));
    assert.ok(admission.processActive <= LIMIT);
    // Who is over the limit is there until it has been reset.
    assert.ok(admission.processActive <= plane.sessionCount);
  }

  /** Nobody got what another said, and who saw a FIN got everything before it. */
  checkStreams(): void {
    for (const [listeners, speakers] of [
      [this.backends, this.clients],
      [this.clients, this.backends],
    ] as const) {
      for (const { peer } of listeners) {
        const { received } = peer;
        const said = speakers[received[0] ?? -1];
        if (said === undefined) continue;
        assert.ok(received.length <= said.sentCount);
        assert.ok(received.equals(speech(said.name, 0, received.length)), "what one said is what another got");
        if (peer.end === "finished") assert.deepEqual([said.hasFinished, said.sentCount], [true, received.length]);
      }
    }
  }

  /** Everything ends: nothing is left of any session, and each has left exactly one record. */
  checkEnd(): void {
    const { stage } = this;
    stage.settle();
    stage.plane.abort("shutdown");
    stage.settle();
    // For backends that were left in order, and don't care.
    stage.pass(LINGER_MS + 1);
    stage.assertNothingLeft();
    for (const { peer } of [...this.clients, ...this.backends]) peer.resume();
    stage.settle();
    for (const { peer } of [...this.clients, ...this.backends]) {
      assert.ok(peer.isClosed || (this.#peeks && peer.end === "finished"), "a peer was left alone");
    }
    this.#checkRecords();
  }

  #checkRecords(): void {
    const { records, sessions, counters, reported } = this.stage;
    const next = sessions.nextNumber();
    assert.deepEqual(
      records.map(({ id }) => Number.parseInt(id.split("-").at(-1) ?? "", 36)).sort((one, other) => one - other),
      Array.from({ length: next - 1 }, (_, number) => number + 1),
    );
    const { ends, bytesUp, bytesDown } = counters.lane(0);
    assert.equal(sum(Object.values(ends)), records.length);
    assert.deepEqual(
      [bytesUp, bytesDown],
      [sum(records.map((each) => each.bytesUp)), sum(records.map((each) => each.bytesDown))],
    );
    const connected = records.filter(({ dialMs }) => dialMs !== null);
    assert.equal(sum(ROWS.map((each) => counters.row(each).sessions)), connected.length);
    assert.equal(counters.histogram(0, "session").count, connected.length);
    // A search for a client that was silent is in no record, if nothing came of it.
    if (!this.#peeks) assert.equal(counters.retries(0), sum(records.map(({ attempts }) => Math.max(0, attempts - 1))));
    for (const { end, error, attempts, failed, backend } of records) {
      assert.ok(attempts <= ATTEMPTS);
      assert.equal(new Set(failed.map((each) => each.backend)).size, failed.length, "each backend is tried once");
      assert.equal(attempts, failed.length + (backend === null ? 0 : 1));
      if (end === "internal") assert.equal(error, "a bad policy");
    }
    const bugs = reported.filter((line) => line.startsWith("internal: "));
    assert.deepEqual(new Set(bugs), new Set(bugs.length === 0 ? [] : ["internal: a bad policy"]));
    assert.equal(bugs.length, ends.internal ?? 0);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe("any number of sessions, under any script", () => {
  it("leave every count at zero, one record each, and no byte where it does not belong", async () => {
    await fc.assert(
      fc.asyncProperty(options, fc.array(action, { maxLength: 120, size: "max" }), async (chosen, script) => {
        const stage = await createStage(stageOptions(chosen));
        const play = new Play(stage, chosen);
        for (const taken of script) {
          await play.do(taken);
          play.checkCounts();
        }
        play.checkStreams();
        play.checkEnd();
      }),
      { numRuns: 500 },
    );
  });
});
