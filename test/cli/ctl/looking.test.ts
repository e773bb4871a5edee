import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { statusLines } from "../../../src/cli/ctl/looking.ts";
import { paintLines } from "../../../src/cli/text/line.ts";
import { problemReply } from "../remote/fake-admin.ts";
import { backendOf, endpointOf, listenerOf, overrideOf, poolOf, statusOf, timesOf } from "../remote/figures.ts";
import { answers, pageOf, tell } from "./errands.ts";

const down = endpointOf("10.0.0.3:8080", { state: "down", lastProbe: "ECONNREFUSED" });
const web = poolOf(
  "web",
  [
    backendOf("b1", { active: 8, sessions: 12_345, bytesUp: 1_234, bytesDown: 5e9, maxConnections: 100 }),
    backendOf("b2", { state: "drain", active: 4, override: overrideOf("web", "b2", { state: "drain" }) }),
    backendOf("b3", { state: "down", addresses: [down], dials: { ...backendOf("x").dials, refused: 7 } }),
  ],
  { histograms: { ...poolOf("x", []).histograms, dial: timesOf(10, 1.2) }, queueLength: 3, retries: 5 },
);
const db = poolOf("db", [backendOf("main"), backendOf("replica", { backup: true, addresses: [] })]);

const replies = answers({
  "GET /status": statusOf(),
  "GET /pools": pageOf(web, db),
  "GET /pools/web": web,
  "GET /listeners": pageOf(
    listenerOf("web", {
      active: 12,
      ends: { "client-finished": 90, "client-reset": 5, "dial-failed": 3 },
      bytesUp: 2_048,
      bytesDown: 3_000_000,
    }),
    listenerOf("tls", { pool: null, addresses: ["0.0.0.0:443", "[::]:443"] }),
  ),
  "GET /overrides": pageOf(overrideOf("web", "b2", { state: "drain", weight: 3, maxConnections: "off" })),
});

describe("lb-tcp ctl status", () => {
  it("says what there is to know about the process", async () => {
    const { code, printed } = await tell("status", replies);
    assert.equal(code, 0);
    assert.equal(
      printed,
      [
        "version   0.1.0 on Node 20.20.2, transport linux, instance 1f3a\n",
        "state     running for 3h12m\n",
        "ready     yes (ready-when any-pool)\n",
        "sessions  12 of 9,930\n",
        "workers   2, 0 restarts, lag 0.4ms\n",
        "config    3f9a2b11c0ffee00, in force for 3m, 2 reloads, 0 failed\n",
        "log       level info, 0 lines lost\n",
      ].join(""),
    );
  });

  it("says what is wrong", () => {
    const { config } = statusOf();
    const status = statusOf({
      state: "closing",
      ready: false,
      draining: true,
      acceptPaused: true,
      config: { ...config, lastError: "lb.yaml:3:1 pools: is empty", restartRequired: ["process.workers"] },
    });
    const text = paintLines(statusLines(status), "none");
    for (const line of [
      /^ready {5}no, it is stopping/m,
      /full: clients wait or are turned away$/m,
      /^ {10}last reload failed: lb\.yaml:3:1 pools: is empty$/m,
      /^ {10}needs a restart: process\.workers$/m,
    ]) {
      assert.match(text, line);
    }
  });
});

describe("lb-tcp ctl listeners", () => {
  it("tells sessions that failed from those that ended in order or by the client", async () => {
    const { printed } = await tell("listeners", replies);
    assert.equal(
      printed,
      [
        "LISTENER  ADDRESS                POOL      SESSIONS  ENDED  FAILED       UP     DOWN\n",
        "web       127.0.0.1:80           web             12     98       3  2.0 KiB  2.9 MiB\n",
        "tls       0.0.0.0:443, [::]:443  by route         0      0       0      0 B      0 B\n",
      ].join(""),
    );
  });
});

describe("lb-tcp ctl pools", () => {
  it("shows how long dials take", async () => {
    const { printed } = await tell("pools", replies);
    assert.equal(
      printed,
      [
        "POOL  USABLE  BACKENDS  SESSIONS  QUEUED  RETRIES   DIAL  FIRST BYTE\n",
        "web        1         3        12       3        5  1.2ms           -\n",
        "db         2         2         0       0        0      -           -\n",
      ].join(""),
    );
  });
});

describe("lb-tcp ctl backends", () => {
  it("shows the state of each with its reason", async () => {
    const { printed } = await tell("backends web", replies);
    assert.equal(
      printed,
      [
        "BACKEND  STATE  WEIGHT  SESSIONS  LIMIT   TOTAL  FAILED       UP     DOWN  ADDRESS        REASON\n",
        "web/b1   ready       1         8    100  12,345       0  1.2 KiB  4.7 GiB  10.0.0.1:8080\n",
        "web/b2   drain       1         4    off       0       0      0 B      0 B  10.0.0.1:8080  drain by token 3m12s ago\n",
        "web/b3   down        1         0    off       0       7      0 B      0 B  10.0.0.3:8080  probe: ECONNREFUSED\n",
      ].join(""),
    );
  });

  it("shows those of all pools, and which of them are backups or have no address", async () => {
    const { printed } = await tell("backends", replies);
    assert.match(printed, /^db\/main /m);
    assert.match(printed, /^db\/replica \(backup\) .* - +no address: its name does not resolve$/m);
  });

  it("is coloured and cut on a terminal, and for NO_COLOR without colours", async () => {
    const terminal = { terminals: { stdout: true, stderr: true }, columns: 80 };
    const { printed } = await tell("backends", replies, terminal);
    assert.ok(printed.includes("\u001b[31mdown\u001b[0m"));
    assert.ok(printed.includes("\u001b[33mdrain\u001b[0m"));
    // oxlint-disable-next-line no-control-regex -- that is what it is about
    for (const line of printed.replaceAll(/\u001b\[\d*m/g, "").split("\n")) assert.ok(line.length <= 80, line);
    const plain = await tell("backends", replies, { ...terminal, environment: { NO_COLOR: "1" } });
    assert.doesNotMatch(plain.printed, /\[3\dm/);
  });

  it("prints the endpoint's answer with --json", async () => {
    assert.deepEqual(JSON.parse((await tell("backends web --json", replies)).printed), web);
    assert.deepEqual(JSON.parse((await tell("backends --json", replies)).printed), pageOf(web, db));
  });

  it("says which pool was meant", async () => {
    const refusing = answers({
      "GET /status": statusOf(),
      "GET /pools": pageOf(web, db),
      "GET /pools/wbe": problemReply(404, 'there is no pool "wbe"'),
    });
    const { code, complained } = await tell("backends wbe", refusing);
    assert.equal(code, 2);
    assert.equal(complained, 'lb-tcp: there is no pool "wbe"; did you mean web?\n');
  });
});

describe("lb-tcp ctl overrides", () => {
  it("says who has set what, and when", async () => {
    const { printed } = await tell("overrides", replies);
    assert.match(printed, /^web\/b2 +drain, weight 3, limit off +token +2026-11-21T19:56:48\.000Z \(3m12s ago\)$/m);
  });

  it("says where there are none", async () => {
    const none = answers({ "GET /status": statusOf(), "GET /overrides": pageOf() });
    assert.equal((await tell("overrides", none)).printed, "nothing was changed at run time\n");
  });
});
