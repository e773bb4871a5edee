import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listenerFile, optionsIn, problemsIn } from "./texts.ts";

const PROXY = "peek: auto, accept-proxy: { from: [::1] }".replace("::1", '"::1"');

function route(text: string): unknown {
  return optionsIn(listenerFile(`${PROXY}, routes: [${text}]`)).listeners["web"]?.routes?.[0];
}

function problem(text: string): string | undefined {
  const all = problemsIn(listenerFile(`${PROXY}, routes: [${text}]`));
  return all[0]?.replace(/^lb\.yaml:\d+:\d+ listeners\.web\.routes\[0\]\.?/, "");
}

describe("a route in a file", () => {
  const read: [text: string, options: object][] = [
    ["{ path: /api/*, method: [GET, POST], pool: web }", { path: ["/api/*"], method: ["GET", "POST"], pool: "web" }],
    [
      '{ path-regex: "^/v[0-9]+/", header: { x-canary: "*" }, pool: web }',
      { pathRegex: ["^/v[0-9]+/"], header: { "x-canary": ["*"] }, pool: "web" },
    ],
    [
      '{ host: [example.com, "*.example.com"], split: { web: 95 } }',
      { host: ["example.com", "*.example.com"], split: { web: 95 } },
    ],
    ['{ tlv: { "0xEA": "vpce-*" }, pool: web }', { tlv: { "0xEA": ["vpce-*"] }, pool: "web" }],
    ["{ not: { client: 10.0.0.0/8 }, reject: 403 }", { not: { client: ["10.0.0.0/8"] }, reject: 403 }],
    [
      '{ sni: "*.example.com", alpn: [h2], protocol: tls, reject: close }',
      { sni: ["*.example.com"], alpn: ["h2"], protocol: ["tls"], reject: "close" },
    ],
  ];
  for (const [text, options] of read) {
    it(`is ${text}`, () => assert.deepEqual(route(text), options));
  }

  const refused: [text: string, problem: string | RegExp][] = [
    ["{ path: api, pool: web }", 'path: "api" does not begin with a slash; write "/api"'],
    ["{ path: [/a, 5], pool: web }", 'path[1]: "5" does not begin with a slash; write "/5"'],
    ['{ path-regex: "(a+)+", pool: web }', /^path-regex: .* quantifier within a quantifier/],
    ["{ client: 10.0.0.1/8, pool: web }", /^client: "10\.0\.0\.1\/8" has bits set/],
    ["{ protocol: htp, pool: web }", /^protocol: got "htp", expected .* did you mean http\?$/],
    ["{ path: /a, pool: wbe }", 'pool: there is no pool "wbe"; did you mean web?'],
    ["{ path: /a }", ": leads nowhere, expected one of pool, split and reject"],
    ["{ pth: /a, pool: web }", "pth: unknown key; did you mean path?"],
    ["{ tlv: { x: a }, pool: web }", 'tlv.x: got the type "x", expected 0x00 to 0xFF'],
    ["{ not: { pool: web }, pool: web }", /^not\.pool: unknown key/],
  ];
  for (const [text, message] of refused) {
    it(`is not ${text}`, () => {
      if (typeof message === "string") assert.equal(problem(text), message);
      else assert.match(problem(text) ?? "", message);
    });
  }

  it("needs a listener that reads what it asks for", () => {
    assert.deepEqual(problemsIn(listenerFile("routes: [{ path: /a, pool: web }]")), [
      "lb.yaml:4:42 listeners.web.routes[0].path: needs what clients send, but the listener has peek none; set its peek to http or auto",
    ]);
  });
});
