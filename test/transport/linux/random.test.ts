// Many relays at once whose ends do what chance says: send, read, pause, finish, reset, in any state. Whatever happens,
// every byte that arrives is the right one, and an end looks like what was done at the other side.

import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Random } from "../../../src/clock.ts";
import { FLUSH_BEFORE_RESET_MS, type Side } from "../../../src/transport/transport.ts";
import { patternedSha256 } from "../../support/patterned-bytes.ts";
import { seededRandom } from "../../support/random.ts";
import type { RawPeer } from "./raw-peer.ts";
import { type Pair, type Stage, stageIt } from "./stage.ts";

const SEEDS = [1, 2, 3, 4];
const PAIRS = 30;
const STEPS = 4_000;
const SIDES = ["client", "backend"] as const;

/** One end, and what it has done. */
class Actor {
  readonly peer: RawPeer;
  readonly seed: number;
  state: "open" | "finished" | "reset" = "open";
  /** Reads when it can, or only when it is told to. */
  isPaused = false;

  constructor(peer: RawPeer, seed: number, byteCount: number) {
    this.peer = peer;
    this.seed = seed;
    peer.feed(seed, byteCount);
  }

  act(random: Random): void {
    if (this.state === "reset") return;
    const chance = random();
    if (chance < 0.5) this.#send(random);
    else if (chance < 0.75) this.peer.receive(amount(random));
    else if (chance < 0.85) this.isPaused = !this.isPaused;
    else if (chance < 0.988) this.read();
    else if (chance < 0.997) this.finish();
    else this.reset();
  }

  read(): void {
    if (this.state !== "reset" && !this.isPaused) this.peer.receive();
  }

  finish(): void {
    if (this.state !== "open") return;
    this.peer.finish();
    this.state = "finished";
  }

  reset(): void {
    this.peer.receive();
    this.peer.reset();
    this.state = "reset";
  }

  #send(random: Random): void {
    if (this.state === "open" && this.peer.end !== "reset") this.peer.pump(amount(random));
  }
}

describe("relays of the linux transport", () => {
  for (const seed of SEEDS) {
    stageIt(`carry what chance makes of their ends, seed ${seed}`, (stage) => {
      const random = seededRandom(seed);
      const games = Array.from({ length: PAIRS }, (_, index) => newGame(stage, random, index));
      for (let step = 0; step < STEPS; step++) {
        const { actors } = games[Math.floor(random() * PAIRS)] ?? assert.fail();
        actors[random() < 0.5 ? "client" : "backend"].act(random);
        if (random() < 0.3) stage.transport.turn(0);
      }
      // All read and finish; what is behind a reset has its second.
      for (const { actors } of games) {
        for (const side of SIDES) {
          actors[side].isPaused = false;
          actors[side].finish();
        }
      }
      stage.until(() => {
        for (const { actors } of games) for (const side of SIDES) actors[side].read();
        return games.every(({ pair }) => pair.observer.isEnded);
      }, "all relays to end");
      stage.clock.advance(FLUSH_BEFORE_RESET_MS);
      for (const game of games) assertFair(stage, game);
    });
  }
});

interface Game {
  readonly pair: Pair;
  readonly actors: Readonly<Record<Side, Actor>>;
}

function newGame(stage: Stage, random: Random, index: number): Game {
  const bufferBytes = random() < 0.5 ? undefined : 100_000;
  const pair = stage.pair(bufferBytes === undefined ? {} : { bufferBytes });
  const size = (): number => (random() < 0.3 ? 8_000_000 : Math.floor(random() * 200_000));
  const actors = {
    client: new Actor(pair.client, 2 * index + 1, size()),
    backend: new Actor(pair.backend, 2 * index + 2, size()),
  };
  return { pair, actors };
}

/** Often a little, sometimes a lot. */
function amount(random: Random): number {
  return Math.max(1, Math.floor(2 ** (random() * 21)));
}

function assertFair(stage: Stage, { pair, actors }: Game): void {
  const { relay } = pair;
  for (const side of SIDES) {
    const self = actors[side];
    const other = actors[side === "client" ? "backend" : "client"];
    if (self.state !== "reset") stage.untilEnd(self.peer);
    const { peer } = self;
    assert.ok(peer.byteCount <= other.peer.sentCount);
    assert.equal(peer.sha256(), patternedSha256(other.seed, peer.byteCount), "another's bytes");
    // A clean end means that the other side finished, and that all of it has come.
    if (peer.end === "finished") assert.equal(peer.byteCount, other.peer.sentCount, "a cut stream looks complete");
    if (peer.end === "reset") assert.ok(relay.failure !== undefined, "a reset out of nowhere");
  }
  const resets = SIDES.filter((side) => actors[side].state === "reset");
  assert.ok(relay.failedSide === undefined || resets.includes(relay.failedSide), `it blames the ${relay.failedSide}`);
  if (resets.length === 0) {
    assert.deepEqual([relay.bytesUp, relay.bytesDown], [actors.client.peer.sentCount, actors.backend.peer.sentCount]);
  }
}
