import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { statusIn, visit } from "./raw.ts";
import { BEARER, createScene, TOKEN } from "./scene.ts";

const ONE = "/api/v1/pools/web/backends/one";
const AUTHORIZATION = `Authorization: Bearer ${TOKEN}\r\n`;

describe("an exchange", () => {
  it("says of every answer what browsers may do with it", async () => {
    await using scene = await createScene();
    for (const path of ["/", "/livez", "/api/v1/status", "/metrics", "/nothing"]) {
      const { headers } = await scene.get(path);
      assert.match(
        String(headers["content-security-policy"]),
        /default-src '(?:self|none)'.*frame-ancestors 'none'/,
        path,
      );
      assert.deepEqual(
        [headers["x-content-type-options"], headers["referrer-policy"]],
        ["nosniff", "no-referrer"],
        path,
      );
      assert.equal(headers["cache-control"], path === "/" ? "no-cache" : "no-store");
      assert.equal(headers["access-control-allow-origin"], undefined);
      assert.equal(headers["x-powered-by"] ?? headers["server"], undefined);
    }
  });

  it("says what there is, and how it is asked for", async () => {
    await using scene = await createScene();
    const nothing = await scene.get("/api/v2/status");
    assert.deepEqual([nothing.status, nothing.headers["content-type"]], [404, "application/problem+json"]);
    assert.match(Object(nothing.body).detail, /nothing at \/api\/v2\/status/);
    const wrong = await scene.get("/api/v1/status", { method: "POST" });
    assert.deepEqual(
      [wrong.status, wrong.headers.allow, Object(wrong.body).detail],
      [405, "GET, HEAD", "got POST, expected GET, HEAD"],
    );
    const other = await scene.get("/api/v1/status", { headers: { accept: "text/html" } });
    assert.equal(other.status, 406);
    const query = await scene.get("/api/v1/status?verbose");
    assert.match(Object(query.body).detail, /unknown parameter verbose; this takes none/);
  });

  it("answers HEAD as GET, without a body", async () => {
    await using scene = await createScene();
    const { status, headers, text } = await scene.get("/api/v1/status", { method: "HEAD" });
    assert.deepEqual([status, headers["content-type"], text], [200, "application/json", ""]);
    assert.equal((await scene.get("/api/v1/events", { method: "HEAD" })).status, 200);
  });

  it("wants JSON where it wants a body, and none where it wants none", async () => {
    await using scene = await createScene();
    const cases = [
      ["PATCH", ONE, "{}", { "content-type": "text/plain" }, 415],
      ["PATCH", ONE, "{}", { "content-type": "application/x-www-form-urlencoded" }, 415],
      ["PATCH", ONE, "{}", { "content-type": "application/json", "content-encoding": "gzip" }, 415],
      ["PATCH", ONE, "{", { "content-type": "application/json" }, 400],
      ["PATCH", ONE, "", { "content-type": "application/json" }, 400],
      ["PATCH", ONE, "{}", { "content-type": "application/json; charset=utf-8" }, 200],
      ["DELETE", "/api/v1/overrides/web/one", "{}", { "content-type": "application/json" }, 413],
      ["POST", "/api/v1/drain", "{}", { "content-type": "application/json" }, 413],
    ] as const;
    for (const [method, path, body, headers, status] of cases) {
      assert.equal((await scene.change(method, path, body, { headers })).status, status, `${method} ${path} ${body}`);
    }
    const broken = Buffer.concat([Buffer.from('{"state":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const head = `PATCH ${ONE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${AUTHORIZATION}Content-Type: application/json\r\nContent-Length: ${broken.length}\r\n\r\n`;
    const visitor = await visit(scene.tcp, Buffer.concat([Buffer.from(head), broken]));
    assert.equal(statusIn(await visitor.all()), 400);
  });

  it("reads no more than 64 KiB", async () => {
    await using scene = await createScene();
    const type = { headers: { "content-type": "application/json" } };
    assert.equal((await scene.change("PATCH", ONE, `{}${" ".repeat(65_534)}`, type)).status, 200);
    assert.equal((await scene.change("PATCH", ONE, `{}${" ".repeat(65_535)}`, type)).status, 413);
    const head = `PATCH ${ONE} HTTP/1.1\r\nHost: localhost\r\n${AUTHORIZATION}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunked = await visit(scene.tcp, head);
    const chunk = `4000\r\n${" ".repeat(16_384)}\r\n`;
    for (let count = 0; count < 8; count++) chunked.socket.write(chunk);
    await chunked.seen(/^HTTP\/1\.1 413 /);
    await chunked.all();
    const huge = await visit(scene.tcp, head.replace("Transfer-Encoding: chunked", "Content-Length: 1000000000000"));
    assert.equal(statusIn(await huge.all()), 413);
  });

  it("asks for a body that waits to be asked for only where it is wanted", async () => {
    await using scene = await createScene();
    const head = (more: string): string =>
      `PATCH ${ONE} HTTP/1.1\r\nHost: localhost\r\n${more}Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n`;
    const stranger = await visit(scene.tcp, head(""));
    assert.equal(statusIn(await stranger.all()), 401);
    const known = await visit(scene.tcp, head(AUTHORIZATION));
    await known.seen(/^HTTP\/1\.1 100 Continue/);
    known.socket.write("{}");
    await known.seen(/HTTP\/1\.1 200 OK/);
    known.socket.destroy();
  });

  for (const [what, request, status] of [
    ["an absolute form", "GET http://localhost/api/v1/status HTTP/1.1\r\nHost: localhost\r\n", 404],
    ["dots", "GET /api/v1/../v1/status HTTP/1.1\r\nHost: localhost\r\n", 404],
    ["encoded dots", "GET /assets/%2e%2e/%2e%2e/package.json HTTP/1.1\r\nHost: localhost\r\n", 404],
    ["an encoded slash", "GET /assets/..%2f..%2fadmin.js HTTP/1.1\r\nHost: localhost\r\n", 404],
    ["two slashes", "GET //api/v1/status HTTP/1.1\r\nHost: localhost\r\n", 404],
    ["a NUL", "GET /api/v1/pools/web%00 HTTP/1.1\r\nHost: localhost\r\n", 404],
    ["a name of every object", "GET /api/v1/pools/__proto__ HTTP/1.1\r\nHost: localhost\r\n", 404],
    ["a parameter of every object", "GET /api/v1/sessions?__proto__=x HTTP/1.1\r\nHost: localhost\r\n", 400],
    ["an asterisk", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n", 404],
    [
      "a preflight",
      "OPTIONS /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n",
      405,
    ],
    ["no host", "GET /api/v1/status HTTP/1.1\r\n", 400],
    ["two hosts", "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n", 200],
    ["HTTP/1.0", "GET /api/v1/status HTTP/1.0\r\nHost: localhost\r\n", 200],
    ["HTTP/1.0 without a host", "GET /api/v1/status HTTP/1.0\r\n", 421],
    [
      "an upgrade",
      "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
      200,
    ],
    [
      "two lengths",
      "POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
      400,
    ],
    [
      "a length and chunks",
      "POST /api/v1/drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
      400,
    ],
    ["a long head", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n`, 431],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ] as const) {
    it(`is ${status} for ${what}`, async () => {
      await using scene = await createScene();
      const visitor = await visit(scene.tcp, `${request}\r\n`);
      await visitor.seen(/^HTTP\/1\.1 \d{3} .*\r\n\r\n/s);
      assert.equal(statusIn(visitor.text()), status);
      visitor.socket.destroy();
      assert.equal((await scene.get("/livez")).status, 200);
    });
  }

  it("answers each of several requests on one connection", async () => {
    await using scene = await createScene();
    const request = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const visitor = await visit(scene.tcp, request.repeat(3));
    await visitor.seen(/(?:HTTP\/1\.1 200 OK[\s\S]*){3}/);
    visitor.socket.destroy();
  });

  it("answers them in turn, and lets go of whoever sends very many ahead, so that no answers pile up", async () => {
    await using scene = await createScene();
    const request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    const text = await (await visit(scene.tcp, request.repeat(1_000))).all();
    const answers = text.split("HTTP/1.1 200 OK").length - 1;
    assert.ok(answers <= 1, `${answers} answers`);
    assert.equal((await scene.get("/livez")).status, 200);
  });

  it("takes a token from nowhere but its header", async () => {
    await using scene = await createScene({ options: { listen: "0.0.0.0:0" } });
    assert.equal((await scene.get(`/api/v1/status?token=${TOKEN}`)).status, 401);
    assert.equal((await scene.get("/api/v1/status", { headers: { cookie: `lb_tcp_login=${TOKEN}` } })).status, 401);
    assert.equal((await scene.get("/api/v1/status", { headers: BEARER })).status, 200);
  });
});
