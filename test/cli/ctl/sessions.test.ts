import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LiveSession } from "../../../src/control/sessions.ts";
import type { Answering } from "../remote/fake-admin.ts";
import { problemReply } from "../remote/fake-admin.ts";
import { tell } from "./errands.ts";

function sessionOf(number: number): LiveSession {
  return {
    id: `1f3a-0-${number}`,
    listener: "web",
    client: `192.0.2.1:${40_000 + number}`,
    pool: "web",
    backend: "web/b2",
    backendAddress: "10.0.0.2:80",
    bytesUp: 2_048,
    bytesDown: 3_000_000,
    durationMs: 61_000,
    worker: 0,
  };
}

/** So many sessions, in pages as large as asked for. */
function listing(count: number): Answering {
  return ({ path }) => {
    const query = new URL(path, "http://x").searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const to = Math.min(count, from + Number(query.get("limit")));
    const items = Array.from({ length: to - from }, (_, at) => sessionOf(from + at));
    return { body: { items, cursor: to < count ? String(to) : null } };
  };
}

describe("lb-tcp ctl sessions", () => {
  it("lists them", async () => {
    const { printed } = await tell("sessions", listing(1));
    assert.equal(
      printed,
      [
        "SESSION               CLIENT                 LISTENER  BACKEND       AGE        UP      DOWN  WORKER\n",
        "1f3a-0-0              192.0.2.1:40000        web       web/b2       1m1s   2.0 KiB   2.9 MiB       0\n",
      ].join(""),
    );
  });

  it("goes from page to page until there are no more, as one table", async () => {
    const { code, printed, asked } = await tell("sessions", listing(2_500));
    assert.equal(code, 0);
    assert.equal(printed.split("\n").length, 2_502);
    assert.equal(printed.match(/SESSION/g)?.length, 1);
    assert.deepEqual(
      asked.map(({ path }) => path),
      ["/sessions?limit=1000", "/sessions?limit=1000&cursor=1000", "/sessions?limit=1000&cursor=2000"],
    );
  });

  it("prints one JSON document however many pages there are", async () => {
    const { items, cursor } = JSON.parse((await tell("sessions --json", listing(1_001))).printed);
    assert.deepEqual([items.length, items[1_000], cursor], [1_001, sessionOf(1_000), null]);
    assert.deepEqual(JSON.parse((await tell("sessions --json", listing(0))).printed), { items: [], cursor: null });
  });

  it("lists no more than --limit", async () => {
    const { items, cursor } = JSON.parse((await tell("sessions --json --limit 3", listing(10))).printed);
    assert.deepEqual([items.length, cursor], [3, "3"]);
  });

  it("passes on what is asked for", async () => {
    const { asked } = await tell(
      "sessions --backend web/b2 --listener l --pool web --client ::1 --min-age 1m30s",
      listing(1),
    );
    const query = new URL(asked[0]?.path ?? "", "http://x").searchParams;
    assert.deepEqual(Object.fromEntries(query), {
      backend: "web/b2",
      listener: "l",
      pool: "web",
      client: "::1",
      minAge: "1m30s",
      limit: "1000",
    });
  });

  it("says when there are none", async () => {
    assert.equal((await tell("sessions", listing(0))).printed, "no session is like that\n");
  });

  it("says what is wrong with what is asked for", async () => {
    const { code, complained, asked } = await tell("sessions --min-age 5 --limit 0", listing(0));
    assert.equal(code, 2);
    assert.match(complained, /^lb-tcp: --min-age: "5" has no unit; write 5s or 5m\nlb-tcp: --limit: got "0", expected/);
    assert.deepEqual(asked, []);
    const refused = await tell("sessions --client x", () => problemReply(422, "client: expected an IP"));
    assert.deepEqual([refused.code, refused.complained], [2, "lb-tcp: client: expected an IP\n"]);
  });
});
