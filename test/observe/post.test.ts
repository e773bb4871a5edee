import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { createPost } from "../../src/observe/post.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { answering, type HttpBehaviour, startHttpServer } from "../support/http-server.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startRefuser } from "../support/refuser.ts";

const BODY = '{"event":"down","reason":"ä"}';
const NEVER: AbortSignal = new AbortController().signal;

/** What a server that behaves so makes of a message. */
async function reasonOf(behave: HttpBehaviour): Promise<string | undefined> {
  await using server = await startHttpServer(behave);
  return await createPost(createFakeClock())({ url: server.url, body: BODY, timeoutMs: 1_000 }, NEVER);
}

describe("a post", () => {
  it(
    "is JSON, by a connection of its own, with the URL's path and its name and password",
    withoutLeaks(async () => {
      await using server = await startHttpServer(answering(200));
      const url = `${server.url.replace("//", "//na%20me:word@")}/a/b?c=d`;
      assert.equal(await createPost(createFakeClock())({ url, body: BODY, timeoutMs: 1_000 }, NEVER), undefined);
      const [request] = server.requests;
      assert.deepEqual([request?.method, request?.path, request?.body], ["POST", "/a/b?c=d", BODY]);
      const { headers = {} } = request ?? {};
      assert.equal(headers["content-type"], "application/json");
      assert.equal(headers["content-length"], String(Buffer.byteLength(BODY)));
      assert.equal(headers["user-agent"], "lb-tcp");
      assert.equal(headers.connection, "close");
      assert.equal(headers.authorization, `Basic ${Buffer.from("na me:word").toString("base64")}`);
    }),
  );

  it(
    "is taken by any 2xx, and by nothing else",
    withoutLeaks(async () => {
      for (const status of [200, 201, 202, 204, 299]) assert.equal(await reasonOf(answering(status)), undefined);
      for (const status of [304, 400, 404, 429, 500, 503]) {
        assert.equal(await reasonOf(answering(status)), `status ${status}`);
      }
    }),
  );

  it(
    "follows no redirect",
    withoutLeaks(async () => {
      await using elsewhere = await startHttpServer(answering(200));
      for (const status of [301, 302, 307, 308]) {
        assert.equal(await reasonOf(answering(status, { location: elsewhere.url })), `status ${status}`);
      }
      assert.deepEqual(elsewhere.requests, []);
    }),
  );

  it(
    "does not wait for the end of an answer that has none",
    withoutLeaks(async () => {
      const endless: HttpBehaviour = (response) => {
        response.writeHead(200);
        response.write("x".repeat(1_000_000));
      };
      assert.equal(await reasonOf(endless), undefined);
    }),
  );

  it(
    "fails where the connection does",
    withoutLeaks(async () => {
      assert.equal(await reasonOf((response) => response.socket?.resetAndDestroy()), "ECONNRESET");
      assert.equal(await reasonOf((response) => response.socket?.end()), "ECONNRESET");
      assert.match((await reasonOf((response) => response.socket?.end("SSH-2.0\r\n"))) ?? "", /^HPE_/);
      await using refuser = await startRefuser();
      const url = `http://${refuser.address}/`;
      const reason = await createPost(createFakeClock())({ url, body: BODY, timeoutMs: 1_000 }, NEVER);
      assert.equal(reason, "ECONNREFUSED");
    }),
  );

  it(
    "gives up when no answer has come in time, and lets go of the connection",
    withoutLeaks(async () => {
      await using server = await startHttpServer(() => {});
      const clock = createFakeClock();
      const result = createPost(clock)({ url: server.url, body: BODY, timeoutMs: 5_000 }, NEVER);
      await server.received(1);
      clock.advance(5_000);
      assert.equal(await result, "no answer within 5000 ms");
      assert.equal(clock.pendingTimers, 0);
    }),
  );

  it(
    "is taken back at once",
    withoutLeaks(async () => {
      let isGone = Promise.resolve<unknown>(undefined);
      await using server = await startHttpServer(({ socket }) => {
        if (socket !== null) isGone = once(socket, "close");
      });
      const clock = createFakeClock();
      const abort = new AbortController();
      const result = createPost(clock)({ url: server.url, body: BODY, timeoutMs: 5_000 }, abort.signal);
      await server.received(1);
      abort.abort();
      assert.equal(await result, "ABORT_ERR");
      await isGone;
      assert.equal(clock.pendingTimers, 0);
    }),
  );

  it(
    "speaks TLS where the URL says so",
    withoutLeaks(async () => {
      await using server = await startHttpServer(answering(200));
      const url = server.url.replace("http:", "https:");
      const reason = await createPost(createFakeClock())({ url, body: BODY, timeoutMs: 1_000 }, NEVER);
      // A server that answers in plain text is none.
      assert.match(reason ?? "", /^(?:EPROTO|ERR_SSL_|ECONNRESET)/);
      assert.deepEqual(server.requests, []);
    }),
  );
});
