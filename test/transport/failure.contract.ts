import assert from "node:assert/strict";
import { FLUSH_BEFORE_RESET_MS, type Side } from "../../src/transport/transport.ts";
import { patternedBytes, patternedChunks, patternedSha256 } from "../support/patterned-bytes.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Pair } from "./scene.ts";

const SIDES: readonly Side[] = ["client", "backend"];
// Fits into the buffers on the way, so that none of it goes with the reset.
const FITTING_BYTES = 50_000;

export function describeFailures(test: ContractTest): void {
  for (const side of SIDES) {
    const other: Side = side === "client" ? "backend" : "client";

    test(`pass a ${side}'s reset on as a reset`, async (scene) => {
      const pair = await scene.pair();
      pair[side].reset();
      assert.equal((await pair[other].ended()).how, "reset");
      await assertFailed(pair, side);
    });

    test(`deliver what a ${side} sent in the turn of its reset, then the reset`, async (scene) => {
      const pair = await scene.pair();
      pair[side].reset(patternedBytes(1, FITTING_BYTES));
      const end = await pair[other].ended();
      assert.deepEqual([end.how, end.sha256], ["reset", patternedSha256(1, FITTING_BYTES)]);
      await assertFailed(pair, side);
    });

    test(`deliver what a ${side} sent before its reset`, async (scene) => {
      const pair = await scene.pair();
      await pair[side].send(patternedBytes(2, FITTING_BYTES));
      await scene.world.settle();
      pair[side].reset();
      const end = await pair[other].ended();
      assert.deepEqual([end.how, end.sha256], ["reset", patternedSha256(2, FITTING_BYTES)]);
      await assertFailed(pair, side);
    });

    test(`pass on a ${side}'s reset after the ${other}'s FIN`, async (scene) => {
      for (const bytes of [undefined, "half an answ"]) {
        const pair = await scene.pair();
        await pair[other].finish();
        assert.equal((await pair[side].ended()).how, "finished");
        pair[side].reset(bytes);
        const end = await pair[other].ended();
        assert.deepEqual([end.how, end.byteCount], ["reset", bytes?.length ?? 0]);
        await assertFailed(pair, side);
      }
    });

    test(`pass on a ${side}'s reset after its own FIN, when the ${other} sends next`, async (scene) => {
      const pair = await scene.pair();
      await pair[side].finish("all of it");
      assert.equal((await pair[other].ended()).how, "finished");
      pair[side].reset();
      await scene.world.settle();
      // It may have been told already.
      await pair[other].send("answer").catch(() => {});
      await assertFailed(pair, side);
    });

    test(`deliver a ${side}'s last words though it no longer takes what the ${other} sends`, async (scene) => {
      for (const isSendingFirst of [true, false]) {
        const pair = await scene.pair({ paused: side });
        if (isSendingFirst) pair[other].send(patternedBytes(3, 10_000)).catch(() => {});
        pair[side].reset("413, too large");
        if (!isSendingFirst) pair[other].send(patternedBytes(3, 10_000)).catch(() => {});
        const end = await pair[other].ended();
        assert.deepEqual([end.how, end.byteCount], ["reset", 14]);
        await assertFailed(pair, side);
      }
    });

    test(`deliver a ${side}'s last words in the middle of what the ${other} uploads`, async (scene) => {
      const pair = await scene.pair({ paused: side });
      const sent = pair[other].sendAll(patternedChunks(4, Number.POSITIVE_INFINITY)).catch(() => {});
      await scene.world.settle();
      pair[side].reset("413, too large");
      const end = await pair[other].ended();
      assert.deepEqual([end.how, end.byteCount], ["reset", 14]);
      await assertFailed(pair, side);
      await sent;
    });

    test(`deliver what a ${side} sent before its reset to a slow reader`, async (scene) => {
      const pair = await scene.pair({ paused: other });
      const sent = sendTillStuck(pair, side);
      await scene.world.settle();
      pair[side].reset();
      await sent;
      await scene.world.settle();
      pair[other].resume();
      // A reset drops what its own system still has to send, so it need not be all.
      const end = await pair[other].ended();
      assert.deepEqual([end.how, end.sha256], ["reset", patternedSha256(5, end.byteCount)]);
      assert.ok(end.byteCount > FITTING_BYTES);
      await assertFailed(pair, side);
    });

    test(`deliver all that a ${side} sent before its reset to a slow reader over a unix socket`, async (scene) => {
      // About as much as goes into the buffers, so that some of it waits in the transport when the reset comes.
      for (const more of [-10_000, 20_000]) {
        const pair = await scene.pair({ [other]: "unix", paused: other });
        const size = scene.world.bufferBytes("unix") + more;
        await pair[side].sendAll(patternedChunks(6, size));
        await scene.world.settle();
        pair[side].reset();
        await scene.world.settle();
        pair[other].resume();
        const end = await pair[other].ended();
        assert.deepEqual([end.byteCount, end.sha256], [size, patternedSha256(6, size)]);
        await assertFailed(pair, side);
      }
    });

    test(`do not wait for ever for a reader to take what a ${side} sent before its reset`, async (scene) => {
      const pair = await scene.pair({ [other]: "unix", paused: other });
      await pair[side].sendAll(patternedChunks(7, scene.world.bufferBytes("unix") + 20_000));
      await scene.world.settle();
      pair[side].reset();
      // A transport that does not see the reset while it waits for the reader sees it now.
      await pair[other].send("more").catch(() => {});
      await scene.world.settle();
      scene.world.advance(FLUSH_BEFORE_RESET_MS - 1);
      await scene.world.settle();
      assert.equal(pair.observer.isEnded, false);
      scene.world.advance(1);
      await assertFailed(pair, side);
    });

    test(`report a ${side} that has reset between the dial and the relay`, async (scene) => {
      for (const bytes of [undefined, "half"]) {
        const accepted = await scene.accept();
        const reached = await scene.reach();
        await (side === "client" ? reached : accepted).peer.send("held till the relay, when nobody takes it");
        await scene.world.settle();
        (side === "client" ? accepted : reached).peer.reset(bytes);
        const pair = scene.relay(accepted, reached);
        const end = await pair[other].ended();
        assert.deepEqual([end.how, end.byteCount], ["reset", bytes?.length ?? 0]);
        await assertFailed(pair, side);
      }
    });
  }

  test("report a client that resets in the turn in which its dial succeeds", async (scene) => {
    const server = await scene.world.serve("ipv4");
    const { peer, connection, owner } = await scene.accept();
    const dialling = scene.dial(server.address, (backend) => {
      // It has been reported before: then nobody relays.
      if (owner.closing !== undefined) return;
      joined = scene.join(connection, owner, backend, dialling.dialler);
    });
    let joined: Pick<Pair, "relay" | "observer"> | undefined;
    peer.reset();
    const reported = (): true | undefined => owner.closing !== undefined || joined?.observer.isEnded || undefined;
    await scene.callbacks.until(reported, "the reset to be reported");
    if (joined === undefined) assert.equal(owner.closing?.cause, "reset");
    else assert.deepEqual([joined.relay.failedSide, joined.relay.failure], ["client", "reset"]);
  });

  test("name the first failure only, when both sides reset in one turn", async (scene) => {
    const pair = await scene.pair();
    pair.client.reset();
    pair.backend.reset();
    await pair.observer.ended();
    assert.ok(pair.relay.failedSide !== undefined);
    assert.equal(pair.relay.failure, "reset");
  });
}

async function assertFailed({ relay, observer }: Pair, side: Side): Promise<void> {
  await observer.ended();
  assert.deepEqual([relay.failedSide, relay.failure], [side, "reset"]);
}

/** More than there is room for on the way, until the connection breaks. */
function sendTillStuck(pair: Pair, side: Side): Promise<void> {
  return pair[side].sendAll(patternedChunks(5, 100_000_000)).catch(() => {});
}
