import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProbeOptions } from "../../../src/config/probe-options.ts";
import { optionsIn, poolFile, problemsIn } from "./texts.ts";

function probe(text: string): ProbeOptions | "off" | undefined {
  return optionsIn(poolFile(`backends: [], probe: ${text}`)).pools["web"]?.probe;
}

function problem(text: string): string | undefined {
  return problemsIn(poolFile(`backends: [], probe: ${text}`))[0]?.replace(/^lb\.yaml:\d+:\d+ pools\.web\.?/, "");
}

const PING = new Uint8Array(Buffer.from("PING\r\n"));

describe("a probe in a file", () => {
  const read: readonly [text: string, options: ProbeOptions | "off"][] = [
    ["http", { type: "http" }],
    ["tls", { type: "tls" }],
    [
      "{ type: http, path: /health, host: web.internal, status: [200-299, 401], body: ok, port: 8081, jitter: 20% }",
      {
        type: "http",
        path: "/health",
        host: "web.internal",
        status: ["200-299", "401"],
        body: "ok",
        port: 8_081,
        jitter: 0.2,
      },
    ],
    [
      '{ type: http, tls: true, method: HEAD, headers: { x-probe: "1" }, status: 204 }',
      { type: "http", tls: true, method: "HEAD", headers: { "x-probe": "1" }, status: ["204"] },
    ],
    [
      "{ type: tls, server-name: web.internal, ca: /etc/ca.pem, verify: true }",
      { type: "tls", serverName: "web.internal", ca: "/etc/ca.pem", verify: true },
    ],
    ["{ type: script, steps: redis }", { type: "script", steps: "redis" }],
    // As YAML reads a backslash in quotes, and as lb-tcp reads one without.
    ['{ type: script, steps: [{ send: "PING\\r\\n" }] }', { type: "script", steps: [{ send: PING }] }],
    ["{ type: script, steps: [{ send: PING\\r\\n }] }", { type: "script", steps: [{ send: PING }] }],
    [
      '{ type: script, steps: [{ send-hex: "00 ff" }, { expect: +PONG }, { expect-hex: "0d0a" }, { expect-regex: "^a" }] }',
      {
        type: "script",
        steps: [
          { send: Uint8Array.of(0, 255) },
          { expect: new Uint8Array(Buffer.from("+PONG")) },
          { expect: Uint8Array.of(13, 10) },
          { expectRegex: "^a" },
        ],
      },
    ],
  ];
  for (const [text, options] of read) it(`has ${text}`, () => assert.deepEqual(probe(text), options));

  const refused: readonly [text: string, problem: string][] = [
    ["icmp", 'probe: got "icmp", expected tcp, tls, http, script or off'],
    [
      "{ type: tcp, path: /health }",
      "probe.path: is for a probe of type http, and this one is tcp; leave it out, or change the type",
    ],
    [
      "{ type: tcp, server-name: a }",
      "probe.server-name: is for a probe of type tls, http or script, and this one is tcp; leave it out, or change the type",
    ],
    ["script", 'probe.steps: missing, expected "redis", "postgresql", or a list of steps'],
    [
      "{ type: http, status: 2xx }",
      'probe.status: got "2xx", expected a status or a range from 100 to 599, such as 200-299',
    ],
    ["{ jitter: 60% }", 'probe.jitter: got "60%", expected a percentage from 0% to 50%'],
    ["{ type: script, steps: mysql }", 'probe.steps: got "mysql", expected redis or postgresql'],
    [
      "{ type: script, steps: [{ send: a\\q }] }",
      'probe.steps[0].send: "a\\\\q" has "\\\\q"; expected \\r, \\n, \\t, \\0, \\\\ or \\x and two hex digits',
    ],
    [
      "{ type: script, steps: [{ send: a, expect: b }] }",
      "probe.steps[0]: got several, expected one of send, send-hex, expect, expect-hex and expect-regex",
    ],
    [
      "{ type: script, steps: [{ send: a, wait: 1s }] }",
      "probe.steps[0].wait: unknown key; the keys are send, send-hex, expect, expect-hex, expect-regex",
    ],
  ];
  for (const [text, message] of refused) it(`refuses ${text}`, () => assert.equal(problem(text), message));
});
