// readHttp1Head beside Node's own HTTP server: what Node refuses is never clean, and what both take they read alike.

import assert from "node:assert/strict";
import { METHODS } from "node:http";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Http1Head, readHttp1Head } from "../../src/wire/http1-head.ts";
import { bytesOf, cleanRequests, lines, otherProtocols, shapedRequests } from "./http1-seeds.ts";
import { readWithNode } from "./node-server.ts";
import { bytesNear } from "./reader.contract.ts";

const CASES = 8_000 * Number(process.env["FUZZ_FACTOR"] ?? 1);

/** What is clean here and refused by Node, on purpose. */
const refusedByNodeAlone: readonly {
  readonly what: string;
  readonly example: string;
  readonly is: (head: Http1Head, text: string) => boolean;
}[] = [
  {
    what: "methods that Node has never heard of: backends may have",
    example: "BREW /pot HTTP/1.1\nHost: a\n\n",
    is: ({ method }) => !METHODS.includes(method),
  },
  {
    what: "bytes beyond ASCII in the target: nginx, Apache and Go take them, and curl sends what it is given",
    example: "GET /\xe4 HTTP/1.1\nHost: a\n\n",
    is: ({ target }) => Buffer.byteLength(target) > target.length,
  },
  {
    what: "a scheme with more than letters in it (RFC 3986 §3.1)",
    example: "GET h+tp://a/ HTTP/1.1\nHost: a\n\n",
    is: ({ target }) => /^[A-Za-z]*[0-9+.-][A-Za-z0-9+.-]*:\/\//.test(target),
  },
  ...(process.version.startsWith("v20.")
    ? [
        {
          what: "a tab behind the number of Content-Length (RFC 9110 §5.6.3): newer versions of Node take it",
          example: "POST / HTTP/1.1\nHost: a\nContent-Length: 5\t\n\n",
          is: (_head: Http1Head, text: string) => /^Content-Length:[^\n]*\t/im.test(text),
        },
      ]
    : []),
];

/** What Node takes and is not HTTP here, on purpose. */
const takenByNodeAlone: readonly { readonly what: string; readonly example: string; readonly is: RegExp }[] = [
  {
    what: "RTSP and Icecast, which Node reads as if they were HTTP",
    example: "OPTIONS rtsp://example.com RTSP/1.0\n\n",
    is: /^[\r\n]*\S+ +\S+ +(?:RTSP|ICE)\//,
  },
  { what: "PRI as the method of a request", example: "PRI *\n\n", is: /^[\r\n]*PRI +\*/ },
  {
    what: "a target that begins with an asterisk, without a version: as in KEYS * of Redis",
    example: "GET */*\n\n",
    is: /^[\r\n]*(?!OPTIONS )\S+ +\*[^ ]*[\r\n]/,
  },
  { what: "CONNECT to nowhere", example: "CONNECT \n\n", is: /^[\r\n]*CONNECT +[^A-Za-z0-9.[]/ },
];

function headersOf(head: Http1Head): (readonly [string, string])[] {
  return head.headers.map(({ name, value }) => [name, value] as const);
}

describe("readHttp1Head beside Node", () => {
  it(`agrees with it about what is clean, in ${CASES} cases`, async () => {
    await fc.assert(
      fc.asyncProperty(
        bytesNear([...cleanRequests, ...shapedRequests, ...otherProtocols].map(bytesOf)),
        async (bytes) => {
          const verdict = readHttp1Head(bytes);
          const node = await readWithNode(bytes);
          const text = Buffer.from(bytes).toString("latin1");
          if (verdict.kind !== "match") {
            assert.ok(
              node === undefined || takenByNodeAlone.some(({ is }) => is.test(text)),
              `Node takes ${JSON.stringify(text)}`,
            );
            return;
          }
          const head = verdict.value;
          if (head.shapes.length > 0 || refusedByNodeAlone.some(({ is }) => is(head, text))) return;
          const { method, target, version } = head;
          assert.deepEqual(node, { method, target, version, headers: headersOf(head) });
        },
      ),
      { numRuns: CASES },
    );
  });

  for (const { what, example, is } of refusedByNodeAlone) {
    it(`takes ${what}`, async () => {
      const bytes = bytesOf(lines(example));
      const verdict = readHttp1Head(bytes);
      assert.ok(verdict.kind === "match" && verdict.value.shapes.length === 0 && is(verdict.value, lines(example)));
      assert.equal(await readWithNode(bytes), undefined);
    });
  }

  for (const { what, example, is } of takenByNodeAlone) {
    it(`does not take ${what}`, async () => {
      const text = lines(example);
      assert.deepEqual(readHttp1Head(bytesOf(text)), { kind: "no" });
      assert.match(text, is);
      assert.notEqual(await readWithNode(bytesOf(text)), undefined);
    });
  }
});
