import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { readPlace } from "../../../src/cli/remote/place.ts";
import { ANSWER_MS, type Answer, createRemote, type Remote } from "../../../src/cli/remote/remote.ts";
import { systemClock } from "../../../src/clock.ts";
import { makeTemporaryFolder } from "../../support/child-server.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { type FakeReply, problemReply, startFakeAdmin } from "./fake-admin.ts";

const folder = makeTemporaryFolder("remote");
after(() => rmSync(folder, { recursive: true }));

function remoteAt(admin: string, token?: string): Remote {
  const place = readPlace({ flags: { admin } }, {}, []);
  assert.ok(place);
  return createRemote({ ...place, token }, systemClock);
}

async function answerTo(reply: FakeReply): Promise<Answer<unknown>> {
  await using admin = await startFakeAdmin(() => reply);
  return await remoteAt(admin.address).ask({ method: "GET", path: "/status" });
}

describe("a remote", () => {
  it("asks with a body, the token and a host that is its own", async () => {
    await using admin = await startFakeAdmin(() => ({ status: 202, body: { left: 3 } }));
    const answer = await remoteAt(admin.address, "s3cret").ask({
      method: "PATCH",
      path: "/x?y=1",
      body: { weight: 3 },
    });
    assert.deepEqual(answer, { kind: "answer", status: 202, body: { left: 3 } });
    const { address: host } = admin;
    assert.deepEqual(admin.asked, [
      { method: "PATCH", path: "/x?y=1", body: { weight: 3 }, authorization: "Bearer s3cret", host },
    ]);
  });

  it("asks over a unix socket", async () => {
    await using admin = await startFakeAdmin(() => ({ body: [] }), { path: join(folder, "admin.sock") });
    assert.equal((await remoteAt(admin.address).ask({ method: "GET", path: "/x" })).kind, "answer");
    assert.equal(admin.asked[0]?.host, "localhost");
  });

  it("takes an empty answer for what it is", async () => {
    assert.deepEqual(await answerTo({ status: 204 }), { kind: "answer", status: 204, body: null });
  });

  it("passes a refusal on with all its problems", async () => {
    const problems = [{ path: "pools.web", message: "is wrong" }];
    const answer = await answerTo(problemReply(422, "the file is bad", { problems }));
    assert.equal(answer.kind, "refused");
    assert.deepEqual(
      [answer.status, answer.problem.detail, answer.problem.problems],
      [422, "the file is bad", problems],
    );
  });

  const strangers: readonly (readonly [what: string, reply: FakeReply, reason: RegExp])[] = [
    ["a page", { text: "<html>", type: "text/html" }, /is not the admin address of lb-tcp$/],
    ["broken JSON", { text: "{" }, /is not the admin address of lb-tcp$/],
    ["a 404 of somebody else", { status: 404, text: "no", type: "text/plain" }, /^it answers 404, and not as/],
    ["JSON of somebody else", { status: 500, body: { error: "x" } }, /^it answers 500, and not as/],
  ];
  for (const [what, reply, reason] of strangers) {
    it(`knows a stranger by ${what}`, async () => {
      const answer = await answerTo(reply);
      assert.equal(answer.kind, "unreachable");
      assert.match(answer.reason, reason);
    });
  }

  it("says why nobody answers", async () => {
    const server = createServer((socket) =>
      socket
        .on("error", () => {})
        .resume()
        .end("SSH-2.0-OpenSSH\r\n"),
    ).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const bound = server.address();
    assert.ok(typeof bound === "object" && bound !== null);
    const address = `127.0.0.1:${bound.port}`;
    const reason = async (admin: string): Promise<string> => {
      const answer = await remoteAt(admin).ask({ method: "GET", path: "/status" });
      assert.equal(answer.kind, "unreachable");
      return answer.reason;
    };
    assert.match(await reason(address), /is not the admin address of lb-tcp$/);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await reason(address), "nobody listens there");
    assert.equal(await reason(`unix:${join(folder, "none.sock")}`), "there is no such socket");
  });

  it("does not wait for ever, but for as long as it has asked the server to wait", async () => {
    await using admin = await startFakeAdmin(() => ({ silent: true }));
    const clock = createFakeClock();
    const place = readPlace({ flags: { admin: admin.address } }, {}, []);
    assert.ok(place);
    const asked = createRemote(place, clock).ask({ method: "POST", path: "/reload", waitMs: 60_000 });
    clock.advance(ANSWER_MS + 60_000);
    assert.deepEqual(await asked, { kind: "unreachable", reason: "no answer within 1m10s" });
    assert.equal(clock.pendingTimers, 0);
  });
});
