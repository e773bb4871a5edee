import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackendAnswer } from "../../../src/admin/answers.ts";
import type { BackendStatus } from "../../../src/control/backend.ts";
import { problemReply } from "../remote/fake-admin.ts";
import { backendOf, poolOf } from "../remote/figures.ts";
import { answers, pageOf, tell } from "./errands.ts";

function answerOf(more: Partial<BackendStatus> = {}, left = 0): BackendAnswer {
  return { pool: "web", backend: backendOf("b2", more), left };
}

const b2 = "/pools/web/backends/b2";

describe("lb-tcp ctl", () => {
  const changes: readonly (readonly [line: string, body: unknown, answer: BackendAnswer, printed: string])[] = [
    ["drain web/b2", { state: "drain" }, answerOf({ state: "drain" }, 3), "web/b2 is in drain; 3 sessions left\n"],
    ["drain web/b2", { state: "drain" }, answerOf({ state: "drain" }), "web/b2 is in drain; no session is left\n"],
    [
      "maintenance web/b2",
      { state: "maintenance" },
      answerOf({ state: "maintenance" }, 1),
      "web/b2 is in maintenance; 1 session left\n",
    ],
    ["ready web/b2", { state: "ready" }, answerOf(), "web/b2 is ready\n"],
    ["ready web/b2", { state: "ready" }, answerOf({ state: "down" }), "web/b2 may serve again; now it is down\n"],
    ["weight web/b2 10", { weight: 10 }, answerOf({ weight: 10 }), "web/b2 has weight 10\n"],
    ["limit web/b2 5", { maxConnections: 5 }, answerOf({ maxConnections: 5 }), "web/b2 takes 5 sessions at once\n"],
    ["limit web/b2 off", { maxConnections: "off" }, answerOf(), "web/b2 has no limit\n"],
  ];
  for (const [line, body, answer, printed] of changes) {
    it(`does ${line}, and says: ${printed.trim()}`, async () => {
      const told = await tell(line, answers({ [`PATCH ${b2}`]: answer }));
      assert.deepEqual([told.code, told.printed, told.complained], [0, printed, ""]);
      assert.deepEqual(told.asked[0]?.body, body);
    });
  }

  it("prints the endpoint's answer with --json", async () => {
    const { printed } = await tell("weight web/b2 10 --json", answers({ [`PATCH ${b2}`]: answerOf() }));
    assert.deepEqual(JSON.parse(printed), answerOf());
  });

  it("asks for a name with a slash or a bracket in it as one name", async () => {
    const path = "/pools/web/backends/%5B%3A%3A1%5D%3A80%2Fx";
    const { code } = await tell("ready web/[::1]:80/x", answers({ [`PATCH ${path}`]: answerOf() }));
    assert.equal(code, 0);
  });

  it("says which backend was meant, also where it is in another pool", async () => {
    const pools = pageOf(poolOf("web", [backendOf("b2")]), poolOf("db", [backendOf("main")]));
    const refusing = (name: string): ReturnType<typeof answers> =>
      answers({ [`PATCH /pools/${name}`]: problemReply(404, "there is none"), "GET /pools": pools });
    const typo = await tell("drain wbe/b2", refusing("wbe/backends/b2"));
    assert.deepEqual([typo.code, typo.complained], [2, "lb-tcp: there is none; did you mean web/b2?\n"]);
    const pool = await tell("drain web/main", refusing("web/backends/main"));
    assert.equal(pool.complained, "lb-tcp: there is none; did you mean db/main?\n");
  });

  const mistakes: readonly (readonly [line: string, complained: RegExp])[] = [
    [
      "drain web",
      /^lb-tcp: web: is no backend; write POOL\/BACKEND, such as web\/b2; `lb-tcp ctl backends` lists them$/,
    ],
    ["drain web/", /is no backend/],
    ["weight web/b2 257", /^lb-tcp: weight: got "257", expected a whole number from 0 to 256$/],
    ["limit web/b2 none", /^lb-tcp: limit: got "none", expected a whole number .*, or off$/],
    ["drain web/b2 --wait=5", /^lb-tcp: --wait: "5" has no unit; write 5s or 5m$/],
    ["add web nonsense", /^lb-tcp: ADDRESS: "nonsense" has no port/],
    ["add web db/b9=10.0.0.9:80", /names another pool than "web"; leave it out$/],
    ["close", /^lb-tcp: lb-tcp ctl close: takes a session's id or --backend POOL\/BACKEND, one of the two$/],
    ["close x --backend web/b2", /one of the two$/],
  ];
  for (const [line, complained] of mistakes) {
    it(`asks nobody to ${line}`, async () => {
      const told = await tell(line, () => undefined);
      assert.equal(told.code, 2);
      assert.match(told.complained.trimEnd(), complained);
      assert.deepEqual(told.asked, []);
    });
  }
});

describe("lb-tcp ctl add", () => {
  it("adds each of a list, as --upstream writes them", async () => {
    const line = "add web b4=10.0.0.4:80,weight=2,b5=10.0.0.5:80,backup,max-connections=9";
    const { code, printed, asked } = await tell(line, ({ body }) => {
      const { name = "" } = body as { name?: string };
      return { status: 201, body: { ...answerOf(), backend: backendOf(name) } };
    });
    assert.deepEqual([code, printed], [0, "added web/b4\nadded web/b5\n"]);
    assert.deepEqual(
      asked.map(({ path, body }) => [path, body]),
      [
        ["/pools/web/backends", { name: "b4", address: "10.0.0.4:80", weight: 2 }],
        ["/pools/web/backends", { name: "b5", address: "10.0.0.5:80", backup: true, maxConnections: 9 }],
      ],
    );
  });

  it("says what was added before one was refused", async () => {
    const { code, printed, complained } = await tell("add web b4=10.0.0.4:80,b5=10.0.0.5:80", ({ body, path }) => {
      if (path.startsWith("/pools?")) return { body: pageOf() };
      const isFirst = (body as { name?: string }).name === "b4";
      return isFirst ? { body: { ...answerOf(), backend: backendOf("b4") } } : problemReply(409, "b5 is there already");
    });
    assert.deepEqual([code, printed, complained], [2, "added before that: web/b4\n", "lb-tcp: b5 is there already\n"]);
  });
});

describe("lb-tcp ctl remove", () => {
  it("says how many sessions are left", async () => {
    const { printed } = await tell("remove web/b2", answers({ [`DELETE ${b2}`]: answerOf({}, 2) }));
    assert.equal(printed, "removed web/b2; 2 sessions left\n");
  });

  it("waits for the sessions that know it still", async () => {
    let asks = 0;
    const { code, printed, asked } = await tell("remove web/b2 --wait", ({ method, path }) => {
      if (method === "DELETE") return { status: 202, body: answerOf({}, 2) };
      assert.equal(path, "/sessions?backend=web%2Fb2&limit=1000");
      asks++;
      return { body: asks < 2 ? pageOf({}, {}) : pageOf() };
    });
    assert.equal(code, 0);
    assert.match(printed, /^web\/b2 stays removed; no session is left after /);
    assert.equal(asked.length, 3);
  });
});

describe("lb-tcp ctl restore", () => {
  it("drops an override", async () => {
    const { printed } = await tell(
      "restore web/b2",
      answers({ "DELETE /overrides/web/b2": { status: 204, type: "" } }),
    );
    assert.equal(printed, "web/b2 is as the configuration says\n");
  });
});

describe("lb-tcp ctl close", () => {
  it("resets one session, or those of a backend", async () => {
    const one = await tell("close 1f3a-0-27", answers({ "DELETE /sessions/1f3a-0-27": { closed: 1 } }));
    assert.deepEqual([one.code, one.printed], [0, "1 session reset\n"]);
    const all = await tell("close --backend web/b2", answers({ "DELETE /sessions": { closed: 1_234 } }));
    assert.equal(all.printed, "1,234 sessions reset\n");
    assert.equal(all.asked[0]?.path, "/sessions?backend=web%2Fb2");
  });
});
