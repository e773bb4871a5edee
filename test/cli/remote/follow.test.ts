import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Followed, follow } from "../../../src/cli/remote/follow.ts";
import { readPlace } from "../../../src/cli/remote/place.ts";
import { createRemote } from "../../../src/cli/remote/remote.ts";
import { withDeadline } from "../../support/deadline.ts";
import { createFakeClock, type FakeClock } from "../../support/fake-clock.ts";
import { type Answering, type FakeAdmin, problemReply, startFakeAdmin } from "./fake-admin.ts";

interface Following extends AsyncDisposable {
  readonly admin: FakeAdmin;
  readonly clock: FakeClock;
  /** The next thing that comes of it. */
  next(): Promise<Followed>;
  stop(): void;
}

async function startFollowing(answering: Answering = () => undefined): Promise<Following> {
  const admin = await startFakeAdmin(answering);
  const clock = createFakeClock();
  const place = readPlace({ flags: { admin: admin.address } }, {}, []);
  assert.ok(place);
  const came: Followed[] = [];
  let wake = (): void => {};
  const onFollowed = (followed: Followed): void => {
    came.push(followed);
    wake();
  };
  const stop = follow({ remote: createRemote(place, clock), clock, onFollowed });
  return {
    admin,
    clock,
    stop,
    next() {
      const found = new Promise<Followed>((resolve) => {
        wake = () => {
          const first = came.shift();
          if (first !== undefined) resolve(first);
        };
        wake();
      });
      return withDeadline(found, () => "what comes of following");
    },
    async [Symbol.asyncDispose]() {
      stop();
      await admin[Symbol.asyncDispose]();
    },
  };
}

describe("follow", () => {
  it("passes events on as they come", async () => {
    await using following = await startFollowing();
    assert.deepEqual(await following.next(), { kind: "open" });
    following.admin.send("stats", { a: 1 });
    assert.deepEqual(await following.next(), { kind: "event", event: "stats", data: { a: 1 } });
  });

  it("connects anew after a second, again and again", async () => {
    await using following = await startFollowing();
    for (let time = 0; time < 2; time++) {
      assert.deepEqual(await following.next(), { kind: "open" });
      following.admin.breakOff();
      assert.deepEqual(await following.next(), { kind: "lost", reason: "it closed the connection" });
      await new Promise((resolve) => setImmediate(resolve));
      following.clock.advance(1_000);
    }
    assert.deepEqual(await following.next(), { kind: "open" });
  });

  it("takes silence for a connection that is lost", async () => {
    await using following = await startFollowing();
    await following.next();
    following.clock.advance(5_000);
    assert.deepEqual(await following.next(), { kind: "lost", reason: "it has gone silent" });
  });

  it("ends where it is refused, as that would not change", async () => {
    await using following = await startFollowing(() => problemReply(401, "no token"));
    const refused = await following.next();
    assert.equal(refused.kind, "refused");
    assert.equal(following.clock.pendingTimers, 0);
  });

  it("tries again where too many listen", async () => {
    await using following = await startFollowing(() => problemReply(503, "16 listen already"));
    assert.deepEqual(await following.next(), { kind: "lost", reason: "16 listen already" });
  });

  it("tells nothing after it was stopped, and leaves no timer", async () => {
    await using following = await startFollowing();
    await following.next();
    following.stop();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(following.clock.pendingTimers, 0);
  });
});
