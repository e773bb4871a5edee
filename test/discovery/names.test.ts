import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { createNames, LOOKUP_TIMEOUT_MS, type Names, type NameWatch } from "../../src/discovery/names.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const INTERVAL_MS = 10_000;
const REFRESH_MS = 1_000;

interface OpenLookup {
  readonly name: string;
  readonly resolve: (addresses: readonly string[]) => void;
  readonly reject: (error: Error) => void;
}

/** A system whose lookups end when the test says so. */
interface World {
  readonly clock: FakeClock;
  readonly names: Names;
  /** Names in the order in which they were asked for. */
  readonly asked: readonly string[];
  /** Under way, oldest first. */
  readonly open: readonly OpenLookup[];
  /** Ends the oldest lookup of that name. */
  readonly answer: (name: string, addresses: readonly string[] | Error) => Promise<void>;
}

function createWorld(): World {
  const clock = createFakeClock();
  const asked: string[] = [];
  const open: OpenLookup[] = [];
  const names = createNames(clock, (name) => {
    asked.push(name);
    return new Promise((resolve, reject) => open.push({ name, resolve, reject }));
  });
  return {
    clock,
    names,
    asked,
    open,
    async answer(name, addresses) {
      const index = open.findIndex((lookup) => lookup.name === name);
      const [lookup] = open.splice(index, 1);
      assert.ok(index >= 0 && lookup !== undefined, `nobody asks for ${name}`);
      if (addresses instanceof Error) lookup.reject(addresses);
      else lookup.resolve(addresses);
      await nextTurn();
    },
  };
}

interface Heard {
  readonly watch: NameWatch;
  /** Addresses, or the reason why there are none. */
  readonly said: readonly (readonly string[] | string)[];
}

function watch(names: Names, name: string, intervalMs = INTERVAL_MS): Heard {
  const said: (readonly string[] | string)[] = [];
  const watching = names.watch(name, intervalMs, {
    onAddresses: (addresses) => said.push(addresses),
    onFailure: (reason) => said.push(reason),
  });
  return { watch: watching, said };
}

const notFound = (): Error => Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });

describe("createNames", () => {
  it("looks up at once, and again an interval after each answer", async () => {
    const { clock, names, asked, answer } = createWorld();
    const { said } = watch(names, "web");
    assert.deepEqual(asked, ["web"]);
    clock.advance(400);
    await answer("web", ["10.0.0.2", "10.0.0.1"]);
    assert.deepEqual(said, [["10.0.0.1", "10.0.0.2"]]);
    clock.advance(INTERVAL_MS - 1);
    assert.equal(asked.length, 1);
    clock.advance(1);
    assert.equal(asked.length, 2);
    await answer("web", ["10.0.0.1", "10.0.0.2"]);
    assert.equal(said.length, 2, "each good answer is handed on, also the same one again");
  });

  it("reports a failure and goes on asking", async () => {
    const { clock, names, answer } = createWorld();
    const { said } = watch(names, "web");
    await answer("web", notFound());
    clock.advance(INTERVAL_MS);
    await answer("web", []);
    clock.advance(INTERVAL_MS);
    await answer("web", ["10.0.0.1"]);
    assert.deepEqual(said, ["ENOTFOUND", "no address", ["10.0.0.1"]]);
  });

  it("fails a lookup that takes too long, and never asks for the same name twice at once", async () => {
    const { clock, names, asked, answer } = createWorld();
    const { said } = watch(names, "web");
    clock.advance(LOOKUP_TIMEOUT_MS - 1);
    assert.deepEqual(said, []);
    clock.advance(1);
    assert.deepEqual(said, ["no answer in time"]);
    clock.advance(3 * (INTERVAL_MS + LOOKUP_TIMEOUT_MS));
    assert.deepEqual(
      said,
      Array.from({ length: 4 }, () => "no answer in time"),
    );
    assert.deepEqual(asked, ["web"]);
    await answer("web", ["10.0.0.1"]);
    assert.deepEqual(said.at(-1), ["10.0.0.1"]);
  });

  it("takes a late answer for what it is: news", async () => {
    const { clock, names, answer, asked } = createWorld();
    const { said } = watch(names, "web");
    clock.advance(LOOKUP_TIMEOUT_MS + 10);
    await answer("web", ["10.0.0.1"]);
    assert.deepEqual(said, ["no answer in time", ["10.0.0.1"]]);
    clock.advance(INTERVAL_MS - 10);
    assert.equal(asked.length, 2, "the next lookup comes as planned");
  });

  it("does not report one lookup as failed twice", async () => {
    const { clock, names, answer } = createWorld();
    const { said } = watch(names, "web");
    clock.advance(LOOKUP_TIMEOUT_MS);
    await answer("web", notFound());
    assert.deepEqual(said, ["no answer in time"]);
  });

  it("gives the answer of an overdue lookup to the round that waits for it", async () => {
    const { clock, names, answer, asked } = createWorld();
    const { said } = watch(names, "web");
    clock.advance(LOOKUP_TIMEOUT_MS + INTERVAL_MS + 1_000);
    await answer("web", ["10.0.0.1"]);
    assert.deepEqual(said, ["no answer in time", ["10.0.0.1"]]);
    clock.advance(INTERVAL_MS - 1);
    assert.equal(asked.length, 1);
    clock.advance(1);
    assert.equal(asked.length, 2);
  });

  it("has two lookups under way at most, overdue ones included, and serves all in turn", async () => {
    const { clock, names, open, answer } = createWorld();
    const heard = ["a", "b", "c", "d"].map((name) => watch(names, name));
    const underWay = (): string[] => open.map(({ name }) => name);
    assert.deepEqual(underWay(), ["a", "b"]);
    clock.advance(LOOKUP_TIMEOUT_MS);
    assert.deepEqual(underWay(), ["a", "b"]);
    await answer("b", ["10.0.0.2"]);
    assert.deepEqual(underWay(), ["a", "c"]);
    await answer("c", ["10.0.0.3"]);
    await answer("a", notFound());
    await answer("d", ["10.0.0.4"]);
    assert.deepEqual(
      heard.map(({ said }) => said),
      [
        ["no answer in time"],
        ["no answer in time", ["10.0.0.2"]],
        ["no answer in time", ["10.0.0.3"]],
        ["no answer in time", ["10.0.0.4"]],
      ],
    );
  });

  it("resolves `first` with an answer, a failure, or a stop", async () => {
    const { clock, names, answer } = createWorld();
    const answered = watch(names, "answered");
    const overdue = watch(names, "overdue");
    const stopped = watch(names, "stopped");
    await answer("answered", ["10.0.0.1"]);
    await answered.watch.first;
    stopped.watch.stop();
    await stopped.watch.first;
    clock.advance(LOOKUP_TIMEOUT_MS);
    await overdue.watch.first;
  });
});

describe("NameWatch.refresh", () => {
  it("looks up at once when the last answer is a second old", async () => {
    const { clock, names, answer, asked } = createWorld();
    const { watch: watching } = watch(names, "web");
    await answer("web", ["10.0.0.1"]);
    clock.advance(REFRESH_MS);
    watching.refresh();
    assert.equal(asked.length, 2);
    await answer("web", ["10.0.0.2"]);
    clock.advance(INTERVAL_MS - 1);
    assert.equal(asked.length, 2, "the interval begins anew");
    clock.advance(1);
    assert.equal(asked.length, 3);
  });

  it("waits for that second otherwise, and counts as one", async () => {
    const { clock, names, answer, asked } = createWorld();
    const { watch: watching } = watch(names, "web");
    await answer("web", ["10.0.0.1"]);
    clock.advance(300);
    for (let dial = 0; dial < 100; dial++) watching.refresh();
    clock.advance(REFRESH_MS - 301);
    assert.equal(asked.length, 1);
    clock.advance(1);
    assert.equal(asked.length, 2);
    await answer("web", ["10.0.0.1"]);
    clock.advance(INTERVAL_MS - 1);
    assert.equal(asked.length, 2);
  });

  it("never puts off what is due sooner", async () => {
    const { clock, names, answer, asked } = createWorld();
    const { watch: watching } = watch(names, "web", 500);
    await answer("web", ["10.0.0.1"]);
    clock.advance(300);
    watching.refresh();
    clock.advance(199);
    assert.equal(asked.length, 1);
    clock.advance(1);
    assert.equal(asked.length, 2);
  });

  it("changes nothing while a lookup is under way", async () => {
    const { names, answer, asked, clock } = createWorld();
    const { watch: watching } = watch(names, "web");
    watching.refresh();
    clock.advance(REFRESH_MS);
    watching.refresh();
    await answer("web", ["10.0.0.1"]);
    clock.advance(INTERVAL_MS - 1);
    assert.equal(asked.length, 1);
  });

  it("looks up at most once a second, whatever happens", async () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(gaps, async (pauses) => {
        const { clock, names, answer, open } = createWorld();
        const { watch: watching } = watch(names, "web");
        const askedAtMs: number[] = [];
        for (const pauseMs of [0, ...pauses]) {
          clock.advance(pauseMs);
          watching.refresh();
          if (open.length === 0) continue;
          askedAtMs.push(clock.nowMs());
          await answer("web", ["10.0.0.1"]);
        }
        askedAtMs.slice(1).forEach((atMs, index) => assert.ok(atMs - (askedAtMs[index] ?? 0) >= REFRESH_MS));
        watching.stop();
      }),
    );
  });
});

describe("NameWatch.stop", () => {
  it("ends a watch that waits, asks, or is overdue, and nothing comes after it", async () => {
    const { clock, names, answer, asked } = createWorld();
    const overdue = watch(names, "overdue");
    clock.advance(LOOKUP_TIMEOUT_MS);
    const waiting = watch(names, "waiting");
    await answer("waiting", ["10.0.0.1"]);
    const asking = watch(names, "asking");
    const queued = watch(names, "queued");
    const all = [overdue, waiting, asking, queued];
    const before = all.map(({ said }) => said.length);
    for (const { watch: watching } of all) {
      watching.stop();
      watching.stop();
      watching.refresh();
    }
    assert.equal(clock.pendingTimers, 0);
    await answer("overdue", ["10.0.0.1"]);
    await answer("asking", ["10.0.0.1"]);
    clock.advance(60_000);
    assert.deepEqual(
      all.map(({ said }) => said.length),
      before,
    );
    assert.deepEqual(asked, ["overdue", "waiting", "asking"], "the queued one is not asked for any more");
  });

  it("may come from the handler", async () => {
    const { clock, names, answer } = createWorld();
    const watching: NameWatch = names.watch("web", INTERVAL_MS, {
      onAddresses: () => watching.stop(),
      onFailure: () => assert.fail("it was answered"),
    });
    await answer("web", ["10.0.0.1"]);
    assert.equal(clock.pendingTimers, 0);
  });
});
