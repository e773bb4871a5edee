import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { hasBody, readJson } from "../../src/admin/body.ts";

function request(
  headers: Readonly<Record<string, string>>,
  chunks: readonly (string | Buffer)[] = [],
): IncomingMessage {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  if (chunks.length > 0) stream.end();
  return Object.assign(stream, { headers }) as unknown as IncomingMessage;
}

const JSON_HEADERS = { "content-type": "application/json", "content-length": "2" };

describe("hasBody", () => {
  it("knows by the head", () => {
    assert.deepEqual(
      [{}, { "content-length": "0" }, { "content-length": "1" }, { "transfer-encoding": "chunked" }].map((headers) =>
        hasBody(request(headers)),
      ),
      [false, false, true, true],
    );
  });
});

describe("readJson", () => {
  it("puts pieces together", async () => {
    assert.deepEqual(await readJson(request(JSON_HEADERS, ['{"a"', ":1", "}"])), { kind: "json", value: { a: 1 } });
  });

  it("refuses by the head alone what it will not read", async () => {
    for (const [headers, status] of [
      [{ "content-type": "text/plain" }, 415],
      [{}, 415],
      [{ "content-type": "application/jsonp" }, 415],
      [{ ...JSON_HEADERS, "content-encoding": "br" }, 415],
      [{ ...JSON_HEADERS, "content-length": "65537" }, 413],
    ] as const) {
      const body = await readJson(request(headers));
      assert.ok(body?.kind === "refused" && body.reply.kind === "bytes");
      assert.equal(body.reply.status, status);
    }
  });

  it("is nothing where whoever sends it has gone", async () => {
    const half = request({ "content-type": "application/json" });
    half.push("{");
    const reading = readJson(half);
    half.destroy();
    assert.equal(await reading, undefined);
  });
});
