import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ListenerSnapshot, PeekSnapshot } from "../../src/session/context.ts";
import type { MemoryPeer } from "../support/memory-peer.ts";
import { failure } from "../support/memory-server.ts";
import { createStage, type Stage } from "../support/stage.ts";

const PEEK: PeekSnapshot = { as: "http", timeoutMs: 3_000, byteCount: 16_384, strict: true };
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Line feeds stand for ends of lines. */
function lines(text: string): string {
  return text.replaceAll("\n", "\r\n");
}

/** A session of a listener where a connection carries one request; nothing is forwarded about the client. */
async function createRequest(
  text: string,
  change: Partial<ListenerSnapshot> = {},
): Promise<{ readonly stage: Stage; readonly client: MemoryPeer }> {
  const stage = await createStage({
    backendCount: 2,
    listener: { peek: PEEK, forwarded: { headers: "off", trust: [] }, ...change },
  });
  const client = stage.client();
  client.send(lines(text));
  stage.settle();
  return { stage, client };
}

describe("Session: a connection that carries one request", () => {
  it("asks the backend to close, and ends with its answer", async () => {
    const { stage, client } = await createRequest("GET / HTTP/1.1\nHost: a\nConnection: keep-alive\n\n");
    assert.equal(stage.peer().receivedText, lines("GET / HTTP/1.1\nHost: a\nConnection: close\n\n"));
    assert.equal(stage.peer().end, undefined, "the backend gets no FIN before the client's");
    stage.peer().finish(ANSWER);
    stage.settle();
    assert.deepEqual([client.receivedText, client.end], [ANSWER, "finished"]);
    client.finish();
    stage.settle();
    const { end, bytesUp, bytesDown, status } = stage.record();
    const sent = lines("GET / HTTP/1.1\nHost: a\nConnection: keep-alive\n\n").length;
    assert.deepEqual([end, bytesUp, bytesDown, status], ["backend-finished", sent, ANSWER.length, null]);
    stage.assertNothingLeft();
  });

  it("sends nothing on of what comes behind the request, in the same segment or later", async () => {
    const { stage, client } = await createRequest(
      "POST / HTTP/1.1\nHost: a\nContent-Length: 5\n\nhelloGET /admin HTTP/1.1\n",
    );
    client.send(lines("Host: a\n\n"));
    stage.settle();
    assert.equal(
      stage.peer().receivedText,
      lines("POST / HTTP/1.1\nHost: a\nContent-Length: 5\nConnection: close\n\nhello"),
    );
    client.finish();
    stage.peer().finish(ANSWER);
    stage.settle();
    assert.equal(client.receivedText, ANSWER);
    stage.assertNothingLeft();
  });

  it("waits for a body that comes in chunks, and knows where it ends", async () => {
    const { stage, client } = await createRequest("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n");
    for (const piece of ["3\r", "\nabc\r\n", "0\r\n", "\r\nGET /"]) {
      client.send(piece);
      stage.settle();
    }
    assert.match(stage.peer().receivedText, /\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
    client.reset();
    stage.settle();
    assert.equal(stage.end(), "client-reset");
    stage.assertNothingLeft();
  });

  it("ends where the chunks of a body can't be told apart: the backend would wait for their end", async () => {
    const { stage, client } = await createRequest("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n");
    client.send("3\r\nabc\r\nZZ\r\n");
    stage.settle();
    assert.match(stage.peer().receivedText, /\r\n\r\n3\r\nabc\r\n$/);
    stage.pass(200);
    const { end, error } = stage.record();
    assert.deepEqual([end, error], ["bad-request", "the body is malformed"]);
    assert.deepEqual([client.end, stage.peer().end], ["reset", "reset"]);
    stage.assertNothingLeft();
  });

  it("lets an expectation be met before the body comes", async () => {
    const { stage, client } = await createRequest(
      "PUT / HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 4\n\n",
    );
    assert.match(stage.peer().receivedText, /\r\nExpect: 100-continue\r\n/);
    stage.peer().send(lines("HTTP/1.1 100 Continue\n\n"));
    stage.settle();
    assert.equal(client.receivedText, lines("HTTP/1.1 100 Continue\n\n"));
    client.send("body");
    stage.settle();
    assert.match(stage.peer().receivedText, /body$/);
  });

  it("tells the backend of the client, in place of what the client says of itself", async () => {
    const { stage } = await createRequest(
      "GET / HTTP/1.1\nHost: a\nX-Forwarded-For: 10.0.0.1\nX-Real-IP: 1.1.1.1\n\n",
      {
        forwarded: { headers: "x-forwarded", trust: [] },
      },
    );
    assert.equal(
      stage.peer().receivedText,
      lines(
        "GET / HTTP/1.1\nHost: a\nConnection: close\nX-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: http\nX-Forwarded-Host: a\n\n",
      ),
    );
  });

  it("sends the same head to the next backend, where one fails before it was sent anything", async () => {
    const stage = await createStage({
      backendCount: 2,
      listener: { peek: PEEK, forwarded: { headers: "off", trust: [] } },
    });
    stage.server(0).script.push(failure("refused"));
    const client = stage.client();
    client.send(lines("GET / HTTP/1.1\nHost: a\n\n"));
    stage.settle();
    assert.equal(stage.peer(1).receivedText, lines("GET / HTTP/1.1\nHost: a\nConnection: close\n\n"));
  });

  it("passes bytes untouched where it is sticky", async () => {
    const two = "GET / HTTP/1.1\nHost: a\nConnection: keep-alive\n\nGET /2 HTTP/1.1\nHost: a\n\n";
    const { stage } = await createRequest(two, { httpKeepAlive: "sticky" });
    assert.equal(stage.peer().receivedText, lines(two));
  });
});

describe("Session: a request for a tunnel", () => {
  const UPGRADE = "GET /chat HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\n\n";
  const SWITCH = lines("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n\n");

  it("holds what comes behind it until the backend has agreed, and then relays whatever comes", async () => {
    const { stage, client } = await createRequest(`${UPGRADE}frames`);
    const head = stage.peer().receivedText;
    assert.match(head, /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n$/);
    client.send(" of the client");
    stage.settle();
    assert.equal(stage.peer().receivedText, head);
    stage.peer().send(`${SWITCH}frames of the server`);
    stage.settle();
    assert.equal(client.receivedText, `${SWITCH}frames of the server`);
    client.send("!");
    stage.settle();
    assert.equal(stage.peer().receivedText, `${head}frames of the client!`);
    client.finish();
    stage.settle();
    stage.peer().finish();
    stage.settle();
    assert.equal(stage.end(), "client-finished");
    stage.assertNothingLeft();
  });

  it("passes on each answer before the answer", async () => {
    const early = lines("HTTP/1.1 103 Early Hints\nLink: </a>\n\n");
    const { stage, client } = await createRequest(UPGRADE);
    for (const byte of early) {
      stage.peer().send(byte);
      stage.settle();
    }
    assert.equal(client.receivedText, early);
    stage.peer().send(`${early}${SWITCH}`);
    stage.settle();
    assert.equal(client.receivedText, `${early}${early}${SWITCH}`);
    client.reset();
    stage.settle();
    assert.equal(stage.record().bytesDown, `${early}${early}${SWITCH}`.length);
    stage.assertNothingLeft();
  });

  it("is a request like any other where the backend answers it, and the client is told that it is the last", async () => {
    const { stage, client } = await createRequest(`${UPGRADE}GET /admin HTTP/1.1\n\n`);
    const head = stage.peer().receivedText;
    stage.peer().send(lines("HTTP/1.1 200 OK\nConnection: keep-alive\nContent-Length: 2\n\no"));
    stage.settle();
    const answered = lines("HTTP/1.1 200 OK\nConnection: close\nContent-Length: 2\n\no");
    assert.deepEqual([client.receivedText, stage.peer().receivedText], [answered, head]);
    stage.peer().finish("k");
    stage.settle();
    assert.deepEqual([client.receivedText, stage.peer().receivedText], [`${answered}k`, head]);
    client.finish();
    stage.settle();
    const sent = lines("HTTP/1.1 200 OK\nConnection: keep-alive\nContent-Length: 2\n\nok").length;
    assert.deepEqual([stage.end(), stage.record().bytesDown], ["backend-finished", sent]);
    stage.assertNothingLeft();
  });

  it("is told so as well where a proxy refuses CONNECT", async () => {
    const { stage, client } = await createRequest("CONNECT db:5432 HTTP/1.1\nHost: db:5432\n\nhello");
    stage.peer().send(lines("HTTP/1.1 407 No\nContent-Length: 0\n\n"));
    stage.settle();
    assert.equal(client.receivedText, lines("HTTP/1.1 407 No\nConnection: close\nContent-Length: 0\n\n"));
  });

  it("ends with a client or a backend that leaves before the answer", async () => {
    for (const [who, end] of [
      ["client", "client-reset"],
      ["backend", "backend-reset"],
    ] as const) {
      const { stage, client } = await createRequest(UPGRADE);
      const [leaving, other] = who === "client" ? [client, stage.peer()] : [stage.peer(), client];
      leaving.reset();
      stage.settle();
      assert.deepEqual([other.end, stage.end()], ["reset", end]);
      stage.assertNothingLeft();
    }
  });

  it("ends as idle where no answer comes", async () => {
    const { stage, client } = await createRequest(UPGRADE, { idleTimeoutMs: 1_000 });
    stage.pass(1_200);
    assert.deepEqual([client.end, stage.peer().end, stage.end()], ["reset", "reset", "idle-timeout"]);
    stage.assertNothingLeft();
  });

  it("by CONNECT is one from the first 2xx on", async () => {
    const { stage, client } = await createRequest("CONNECT db:5432 HTTP/1.1\nHost: db:5432\n\nhello");
    const head = stage.peer().receivedText;
    assert.doesNotMatch(head, /hello|close/);
    stage.peer().send(lines("HTTP/1.1 200 OK\n\n"));
    stage.settle();
    assert.equal(stage.peer().receivedText, `${head}hello`);
    assert.equal(client.receivedText, lines("HTTP/1.1 200 OK\n\n"));
  });
});
