// What is dialled for a client that is silent, in case that it waits for the server to speak first.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ejectionOf, withEjection, withHealth } from "../../src/backend/state.ts";
import type { RouteRule } from "../../src/route/rule.ts";
import { failure } from "../support/memory-server.ts";
import { createPeeking, dialled, end, GET, GET_API, ROWS } from "./peeking-stage.ts";

describe("Approach: servers that speak first", () => {
  it("dials for a client that is silent, and relays what the server says", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).onAccept = (peer) => peer.send("220 hello\r\n");
    const client = stage.client();
    stage.pass(200);
    assert.deepEqual(dialled(stage), [0, 0]);
    stage.pass(200);
    assert.equal(client.receivedText, "220 hello\r\n");
    client.send("EHLO me\r\n");
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, "EHLO me\r\n");
    end(stage, client, ROWS.main);
    assert.deepEqual([stage.record().protocol, stage.record().pool], ["silent", "main"]);
    assert.equal(stage.counters.row(ROWS.main).dials.ok, 1);
  });

  it("uses that connection for a client that speaks after all", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(500);
    assert.deepEqual(dialled(stage), [1, 0]);
    client.send(GET);
    stage.settle();
    assert.deepEqual(dialled(stage), [1, 0]);
    assert.equal(stage.peer(ROWS.main).receivedText, GET);
    end(stage, client, ROWS.main);
  });

  it("waits on for a dial that is under way when the client speaks", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).otherwise = "wait";
    const client = stage.client();
    stage.pass(500);
    client.send(GET);
    stage.settle();
    stage.server(ROWS.main).accept();
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, GET);
    end(stage, client, ROWS.main);
  });

  it("gives it back in order, and without blame, where a route leads elsewhere", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(500);
    client.send(GET_API);
    stage.settle();
    assert.equal(stage.peer(ROWS.api).receivedText, GET_API);
    assert.deepEqual([stage.peer(ROWS.main).receivedText, stage.peer(ROWS.main).end], ["", "finished"]);
    assert.equal(stage.table.active[ROWS.main], 1, "it counts until it has gone");
    stage.peer(ROWS.main).finish();
    stage.settle();
    assert.equal(stage.table.active[ROWS.main], 0);
    assert.deepEqual(stage.reported, []);
    end(stage, client, ROWS.api);
    assert.deepEqual([stage.record().pool, stage.record().attempts], ["api", 1]);
  });

  it("gives up a dial that is under way, where a route leads elsewhere", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).otherwise = "wait";
    const client = stage.client();
    stage.pass(500);
    client.send(GET_API);
    stage.settle();
    assert.equal(stage.server(ROWS.main).cancelCount, 1);
    assert.equal(stage.table.active[ROWS.main], 0);
    end(stage, client, ROWS.api);
  });

  it("gives it back where the backend has been removed meanwhile", async () => {
    const stage = await createPeeking({ backendCount: 2 });
    const client = stage.client();
    stage.pass(500);
    const [main, ...others] = stage.snapshot.pools;
    assert.ok(main !== undefined);
    stage.apply({ pools: [{ ...main, rows: main.rows.slice(1) }, ...others] });
    client.send(GET);
    stage.settle();
    assert.deepEqual([stage.peer(0).end, stage.peer(1).receivedText], ["finished", GET]);
    stage.peer(0).finish();
    end(stage, client, 1);
  });

  it("gives it back where a function names a pool that there is not", async () => {
    const stage = await createPeeking({ listener: { routes: [() => ({ pool: "typo" })] } });
    const client = stage.client();
    stage.pass(500);
    client.send(GET);
    stage.settle();
    assert.deepEqual([client.end, stage.peer(ROWS.main).end], ["reset", "finished"]);
    stage.peer(ROWS.main).finish();
    stage.settle();
    assert.equal(stage.end(), "internal");
    stage.assertNothingLeft();
  });

  it("leaves the trial of another session alone when it gives back one that succeeded", async () => {
    const stage = await createPeeking();
    const { table } = stage;
    table.changeState(ROWS.main, (word) => withEjection(word, "ejected"));
    const client = stage.client();
    stage.pass(500);
    assert.equal(ejectionOf(table.state[ROWS.main] ?? 0), "in");
    table.changeState(ROWS.main, (word) => withEjection(word, "trial"));
    client.send(GET_API);
    stage.settle();
    assert.equal(ejectionOf(table.state[ROWS.main] ?? 0), "trial");
    stage.peer(ROWS.main).finish();
    table.changeState(ROWS.main, (word) => withEjection(word, "in"));
    end(stage, client, ROWS.api);
  });

  it("has not found its backend by that, as whoever waits for the last clients of a pool sees it", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    const acceptedAtMs = stage.clock.nowMs();
    stage.pass(500);
    assert.equal(stage.sessions.oldest().undecidedAtMs, acceptedAtMs);
    stage.peer(ROWS.main).reset();
    stage.settle();
    assert.deepEqual(
      [stage.sessions.oldest().undecidedAtMs, [...stage.sessions.entries()][0]?.row],
      [acceptedAtMs, -1],
    );
    client.send(GET_API);
    stage.settle();
    assert.equal(stage.sessions.oldest().undecidedAtMs, Number.POSITIVE_INFINITY);
    end(stage, client, ROWS.api);
  });

  it("tries again for who speaks, where nobody could be reached before", async () => {
    const stage = await createPeeking();
    stage.server(ROWS.main).script.push(failure("refused"));
    const client = stage.client();
    stage.pass(500);
    assert.deepEqual([client.end, dialled(stage)], [undefined, [1, 0]]);
    client.send(GET);
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, GET);
    end(stage, client, ROWS.main);
  });

  it("leaves the backend in order when the client leaves", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(500);
    client.reset();
    stage.settle();
    assert.equal(stage.end(), "client-gone");
    assert.equal(stage.peer(ROWS.main).end, "finished");
    stage.peer(ROWS.main).finish();
    stage.settle();
    stage.assertNothingLeft();
  });

  it("goes on with silence when the time is over", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(3_200);
    assert.deepEqual(dialled(stage), [1, 0]);
    client.send("late");
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, "late");
    end(stage, client, ROWS.main);
    assert.equal(stage.record().protocol, "silent");
  });

  it("is not done where nothing is to be dialled before the client speaks", async () => {
    const stage = await createPeeking({ listener: { dial: "on-data" } });
    const client = stage.client();
    stage.pass(10_000);
    assert.deepEqual(dialled(stage), [0, 0]);
    client.send(GET_API.slice(0, 10));
    stage.settle();
    client.send(GET_API.slice(10));
    stage.settle();
    assert.equal(stage.peer(ROWS.api).receivedText, GET_API);
    end(stage, client, ROWS.api);
  });

  it("goes where the silent go", async () => {
    const silent: RouteRule = { when: { protocol: ["silent"] }, not: {}, target: { kind: "pool", pool: "api" } };
    const stage = await createPeeking({ listener: { routes: [silent] } });
    stage.server(ROWS.api).onAccept = (peer) => peer.send("220 hello\r\n");
    const client = stage.client();
    stage.pass(500);
    assert.equal(client.receivedText, "220 hello\r\n");
    end(stage, client, ROWS.api);
  });

  it("asks a function once", async () => {
    const asked: string[] = [];
    const stage = await createPeeking({
      listener: {
        routes: [
          ({ protocol }) => {
            asked.push(protocol);
            return { pool: "api" };
          },
        ],
      },
    });
    const client = stage.client();
    stage.pass(500);
    assert.deepEqual([asked, dialled(stage)], [[], [1, 0]]);
    client.send(GET);
    stage.settle();
    assert.deepEqual([asked, stage.peer(ROWS.api).receivedText], [["http"], GET]);
    stage.peer(ROWS.main).finish();
    end(stage, client, ROWS.api);
  });

  it("gives it back where that backend is to have no new sessions any more, and dials another", async () => {
    const stage = await createPeeking({ backendCount: 2 });
    const client = stage.client();
    stage.pass(500);
    stage.table.changeState(0, (word) => withHealth(word, "down"));
    client.send(GET);
    stage.settle();
    assert.deepEqual([stage.peer(0).end, stage.peer(1).receivedText], ["finished", GET]);
    stage.peer(0).finish();
    end(stage, client, 1);
  });

  it("keeps it there where no other can serve", async () => {
    const stage = await createPeeking();
    const client = stage.client();
    stage.pass(500);
    stage.table.changeState(ROWS.main, (word) => withHealth(word, "down"));
    client.send(GET);
    stage.settle();
    assert.equal(stage.peer(ROWS.main).receivedText, GET);
    end(stage, client, ROWS.main);
  });
});
