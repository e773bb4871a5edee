import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Authority, type Entrance } from "../../src/admin/authority.ts";
import { Logins } from "../../src/admin/logins.ts";
import { Throttle } from "../../src/admin/throttle.ts";
import { TokenFile } from "../../src/admin/token.ts";
import type { AdminOptions } from "../../src/config/admin-options.ts";
import { resolveAdmin } from "../../src/config/resolve.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const folder = makeTemporaryFolder("authority");
after(() => rmSync(folder, { recursive: true }));
const TOKEN = "0123456789abcdef";
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, TOKEN);

const LOOPBACK: Entrance = { kind: "tcp", isLoopback: true, clientIp: "127.0.0.1" };
const NETWORK: Entrance = { kind: "tcp", isLoopback: false, clientIp: "10.0.0.1" };
const UNIX: Entrance = { kind: "unix" };
const BEARER = { authorization: `Bearer ${TOKEN}` };
const HOST = { host: "10.0.0.2:8901" };

function create(options: Partial<AdminOptions> = {}, hasToken = true) {
  const clock = createFakeClock();
  const logins = new Logins(clock);
  const token = hasToken ? new TokenFile(tokenFile) : undefined;
  const config = resolveAdmin({ listen: "127.0.0.1:8901", ...options });
  const authority = new Authority({ config, token, logins, throttle: new Throttle(clock) });
  const cookie = (): string => logins.begin(token?.fingerprint ?? "").split(";")[0] ?? "";
  return { authority, clock, cookie };
}

function outcome(authority: Authority, ...[access, entrance, headers]: Parameters<Authority["decide"]>): unknown {
  const verdict = authority.decide(access, entrance, { ...HOST, ...headers });
  if (verdict.kind === "granted") return verdict.actor;
  return verdict.reply.kind === "bytes" ? verdict.reply.status : undefined;
}

describe("Authority", () => {
  const cases: readonly (readonly [
    string,
    Entrance,
    IncomingHttpHeaders,
    Readonly<Record<"read" | "change" | "metrics" | "open", unknown>>,
  ])[] = [
    ["somebody on loopback", LOOPBACK, {}, { open: null, metrics: null, read: null, change: 401 }],
    ["somebody on the network", NETWORK, {}, { open: null, metrics: null, read: 401, change: 401 }],
    ["the owner of the unix socket", UNIX, {}, { open: null, metrics: "unix", read: "unix", change: "unix" }],
    ["the token", NETWORK, BEARER, { open: null, metrics: "token", read: "token", change: "token" }],
    [
      "the token, with another case",
      NETWORK,
      { authorization: `bearer  ${TOKEN} ` },
      { open: null, metrics: "token", read: "token", change: "token" },
    ],
    [
      "a wrong token, also where none is needed",
      LOOPBACK,
      { authorization: "Bearer wrong" },
      { open: null, metrics: 401, read: 401, change: 401 },
    ],
    ["another scheme", NETWORK, { authorization: "Basic eDp5" }, { open: null, metrics: 401, read: 401, change: 401 }],
    [
      "a cookie of nobody's",
      NETWORK,
      { cookie: "lb_tcp_login=x" },
      { open: null, metrics: null, read: 401, change: 401 },
    ],
    [
      "a page of another site",
      LOOPBACK,
      { "sec-fetch-site": "cross-site" },
      { open: null, metrics: 403, read: 403, change: 403 },
    ],
    [
      "a name that is not ours",
      LOOPBACK,
      { host: "evil.example" },
      { open: null, metrics: 421, read: 421, change: 421 },
    ],
    [
      "a name that is not ours, with the token",
      NETWORK,
      { host: "lb.example", ...BEARER },
      { open: null, metrics: "token", read: "token", change: "token" },
    ],
  ];
  for (const [who, entrance, headers, expected] of cases) {
    it(`decides for ${who}`, () => {
      const { authority } = create();
      const found = Object.fromEntries(
        (["open", "metrics", "read", "change"] as const).map((access) => [
          access,
          outcome(authority, access, entrance, headers),
        ]),
      );
      assert.deepEqual(found, expected);
    });
  }

  it("lets nobody change anything over TCP without a token file, and says so", () => {
    const { authority } = create({}, false);
    for (const headers of [{}, BEARER]) {
      assert.equal(outcome(authority, "change", LOOPBACK, headers), 401);
      const verdict = authority.decide("change", LOOPBACK, { ...HOST, ...headers });
      assert.ok(verdict.kind === "refused" && verdict.reply.kind === "bytes");
      assert.match(
        String(verdict.reply.bytes),
        /there is no token file; start lb-tcp with --admin-token-file, or use a unix socket/,
      );
      assert.match(verdict.reply.headers["www-authenticate"] ?? "", /^Bearer/);
    }
    assert.equal(outcome(authority, "change", UNIX, {}), "unix");
  });

  it("wants the token for metrics where it is told to, also on loopback", () => {
    const { authority } = create({ metrics: "token" });
    assert.deepEqual(
      [LOOPBACK, NETWORK, UNIX].map((entrance) => outcome(authority, "metrics", entrance, {})),
      [401, 401, "unix"],
    );
    assert.equal(outcome(authority, "metrics", NETWORK, BEARER), "token");
  });

  it("takes a login for reading from anywhere, and for changes from its own page only", () => {
    const { authority, cookie } = create();
    const own = { cookie: cookie(), origin: "http://10.0.0.2:8901", "sec-fetch-site": "same-origin" };
    assert.deepEqual(
      [outcome(authority, "read", NETWORK, { cookie: own.cookie }), outcome(authority, "change", NETWORK, own)],
      ["dashboard", "dashboard"],
    );
    assert.equal(outcome(authority, "change", NETWORK, { cookie: own.cookie }), 403);
    assert.equal(outcome(authority, "change", NETWORK, { ...own, origin: "http://evil.example" }), 403);
  });

  it("lets a login change nothing where the dashboard is read-only", () => {
    const { authority, cookie } = create({ dashboard: "read-only" });
    const own = { cookie: cookie(), origin: "http://10.0.0.2:8901" };
    assert.deepEqual(
      [outcome(authority, "read", NETWORK, own), outcome(authority, "change", NETWORK, own)],
      ["dashboard", 403],
    );
    assert.equal(outcome(authority, "change", NETWORK, BEARER), "token");
  });

  it("lets nobody guess for long, but others go on", () => {
    const { authority, clock } = create();
    for (let count = 0; count < 10; count++) outcome(authority, "read", NETWORK, { authorization: `Bearer ${count}` });
    assert.equal(outcome(authority, "read", NETWORK, BEARER), 429);
    assert.equal(outcome(authority, "read", { ...NETWORK, clientIp: "10.0.0.9" }, BEARER), "token");
    clock.advance(5_000);
    assert.equal(outcome(authority, "read", NETWORK, BEARER), "token");
  });

  it("trades the right token for a login, and no other one", () => {
    const { authority } = create();
    const login = authority.logIn(NETWORK, TOKEN);
    assert.ok("cookie" in login);
    const cookie = login.cookie.split(";")[0] ?? "";
    assert.equal(outcome(authority, "read", NETWORK, { cookie }), "dashboard");
    const refused = authority.logIn(NETWORK, "wrong");
    assert.ok("kind" in refused && refused.kind === "bytes");
    assert.equal(refused.status, 401);
  });

  it("says what somebody may do", () => {
    const { authority, cookie } = create();
    const own = { ...HOST, cookie: cookie(), origin: "http://10.0.0.2:8901" };
    assert.deepEqual(authority.rights(LOOPBACK, HOST), { actor: null, mayRead: true, mayChange: false });
    assert.deepEqual(authority.rights(NETWORK, HOST), { actor: null, mayRead: false, mayChange: false });
    assert.deepEqual(authority.rights(NETWORK, { ...HOST, ...BEARER }), {
      actor: "token",
      mayRead: true,
      mayChange: true,
    });
    assert.deepEqual(authority.rights(NETWORK, own), { actor: "dashboard", mayRead: true, mayChange: true });
    assert.deepEqual(authority.rights(UNIX, {}), { actor: "unix", mayRead: true, mayChange: true });
  });
});
