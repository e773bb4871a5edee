// lb-tcp ctl as a program, against lb-tcp as one.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileOf, say, startControlled, tokenFile } from "../cli/controlled-program.ts";
import { startProgram } from "../cli/running-program.ts";
import { startTraffic } from "../control/traffic.ts";
import { visit } from "../control/visit.ts";
import { echo } from "../support/behaviours.ts";
import { connectPeer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";

describe("lb-tcp ctl", () => {
  it("drains a backend under load until its last session has ended, and loses nobody", async () => {
    await using b1 = await startPeerServer(echo);
    await using b2 = await startPeerServer(echo);
    await using running = await startControlled([b1, b2]);
    const environment = { LB_TCP_ADMIN: running.socket };
    const held = [await connectPeer({ port: running.port }), await connectPeer({ port: running.port })];
    for (const peer of held) {
      await peer.send("hello");
      await peer.received(5);
    }
    const traffic = startTraffic(() => visit(running.port));
    await traffic.more(10);
    const waiting = startProgram(["ctl", "drain", "web/b2", "--wait"], environment);
    await using _waiting = waiting;
    await running.program.seen(/"event":"audit"[^\n]*web\/b2/);
    await traffic.more(20);
    const listed = await say("ctl sessions --backend web/b2 --json", environment);
    assert.equal(JSON.parse(listed.stdout).items.length, 1);
    // Probes come as well, and say nothing.
    const served = (): number => b2.peers.filter(({ byteCount }) => byteCount > 0).length;
    const before = served();
    await traffic.more(20);
    assert.equal(served(), before);
    assert.equal(waiting.stdout(), "");
    for (const peer of held) peer.finish();
    assert.equal(await waiting.exited(), 0);
    assert.match(waiting.stdout(), /^web\/b2 stays in drain; no session is left after /);
    assert.match((await say("ctl backends", environment)).stdout, /^web\/b2 +drain .* drain by unix \d+s ago$/m);
    assert.equal((await say("ctl ready web/b2", environment)).stdout, "web/b2 is ready\n");
    await traffic.more(20);
    assert.ok(served() > before);
    assert.deepEqual(await traffic.stop(), []);
  });

  it("needs the token to change something over TCP, and none to look", async () => {
    await using b1 = await startPeerServer(echo);
    await using running = await startControlled([b1]);
    const without = { LB_TCP_ADMIN: running.admin };
    const looking = await say("ctl status", without);
    assert.equal(looking.code, 0);
    assert.match(looking.stdout, /^state +running for /m);
    const refused = await say("ctl weight web/b1 3", without);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /give its token: --admin-token-file FILE or LB_TCP_ADMIN_TOKEN_FILE\n$/);
    const done = await say(`ctl weight web/b1 3 --admin-token-file ${tokenFile}`, without);
    assert.deepEqual([done.code, done.stdout], [0, "web/b1 has weight 3\n"]);
    const overrides = await say("ctl overrides --json", without);
    const { items } = JSON.parse(overrides.stdout);
    assert.deepEqual([items.length, items[0].weight, items[0].by], [1, 3, "token"]);
    assert.equal((await say("ctl restore web/b1", { LB_TCP_ADMIN: running.socket })).code, 0);
    assert.equal((await say("ctl overrides", without)).stdout, "nothing was changed at run time\n");
  });

  it("adds, limits and removes a backend, closes its sessions, and says what was meant", async () => {
    await using b1 = await startPeerServer(echo);
    await using b2 = await startPeerServer(echo);
    await using running = await startControlled([b1]);
    const environment = { LB_TCP_ADMIN: running.socket };
    const added = await say(`ctl add web extra=${b2.address},weight=2`, environment);
    assert.deepEqual([added.code, added.stdout], [0, "added web/extra\n"]);
    assert.equal((await say(`ctl add web extra=${b2.address}`, environment)).code, 2);
    assert.equal((await say("ctl limit web/extra 5", environment)).stdout, "web/extra takes 5 sessions at once\n");
    const mistaken = await say("ctl drain web/extar", environment);
    assert.deepEqual([mistaken.code, /did you mean web\/extra\?/.test(mistaken.stderr)], [2, true]);
    const removed = await say("ctl remove web/extra --wait", environment);
    assert.equal(removed.code, 0);
    assert.match((await say("ctl backends web", environment)).stdout, /^web\/b1 [^]*$/m);
    const client = await connectPeer({ port: running.port });
    await client.send("hello");
    await client.received(5);
    assert.equal((await say("ctl close --backend web/b1", environment)).stdout, "1 session reset\n");
    assert.equal((await client.ended()).how, "reset");
  });

  it("reloads, and says what has changed, or all that is wrong", async () => {
    await using b1 = await startPeerServer(echo);
    await using b2 = await startPeerServer(echo);
    await using running = await startControlled([b1]);
    const environment = { LB_TCP_ADMIN: running.socket };
    const socket = running.socket.slice("unix:".length);
    writeFileSync(running.path, fileOf([b1], socket, ", polcy: x, attempts: none"));
    const bad = await say("ctl reload", environment);
    assert.equal(bad.code, 2);
    for (const word of ["polcy", "attempts", `${running.path}:8:`]) assert.ok(bad.stderr.includes(word), bad.stderr);
    writeFileSync(running.path, fileOf([b1, b2], socket, ""));
    const good = await say("ctl reload", environment);
    // The file is watched, too: whoever was first has changed something.
    assert.match(good.stdout, /^reloaded: /);
    assert.equal(good.code, 0);
    assert.match((await say("ctl backends", environment)).stdout, /^web\/b2 /m);
  });

  it("follows what happens, until nobody reads it any more", async () => {
    await using b1 = await startPeerServer(echo);
    await using running = await startControlled([b1]);
    const environment = { LB_TCP_ADMIN: running.socket };
    await using events = startProgram(["ctl", "events", "--json"], environment);
    await events.seen(/"event":"stats"/);
    await using lines = startProgram(["ctl", "events"], environment);
    // Until it listens, nobody has told it anything.
    let weight = 1;
    while (!/ audit .*web\/b1/.test(lines.stdout())) {
      weight++;
      await say(`ctl weight web/b1 ${weight}`, environment);
    }
    lines.signal("SIGINT");
    assert.equal(await lines.exited(), 0);
    events.stopReading("stdout");
    assert.equal(await events.exited(), 0);
  });

  it("ends the process in order", async () => {
    await using b1 = await startPeerServer(echo);
    for (const verb of ["drain-all", "shutdown"]) {
      await using running = await startControlled([b1]);
      const { code } = await say(`ctl ${verb}`, { LB_TCP_ADMIN: running.socket });
      assert.equal(code, 0);
      assert.equal(await running.program.exited(), 0);
      const gone = await say("ctl status", { LB_TCP_ADMIN: running.admin });
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, /: nobody listens there; is lb-tcp running with --admin /);
    }
  });
});
