import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closingHead } from "../../src/wire/http1-closing.ts";

function closed(text: string): string {
  return Buffer.from(closingHead(Buffer.from(text, "latin1"))).toString("latin1");
}

describe("closingHead", () => {
  it("says that the connection ends with the answer, and keeps everything else byte for byte", () => {
    assert.equal(
      closed("HTTP/1.1 200 OK\r\nServer: \xe4\r\ncontent-length: 2\r\n\r\n"),
      "HTTP/1.1 200 OK\r\nConnection: close\r\nServer: \xe4\r\ncontent-length: 2\r\n\r\n",
    );
    assert.equal(closed("HTTP/1.0 404 No\n\n"), "HTTP/1.0 404 No\nConnection: close\r\n\n");
  });

  it("takes away whatever says that it would be kept", () => {
    const head =
      "HTTP/1.1 426 No\r\nConnection: Upgrade,\r\n keep-alive\r\nkeep-alive: timeout=5\r\nUpgrade: h2\r\nCONNECTION : x\r\nProxy-Connection:\r\n\r\n";
    assert.equal(closed(head), "HTTP/1.1 426 No\r\nConnection: close\r\nUpgrade: h2\r\n\r\n");
  });

  it("leaves names that only begin so", () => {
    const head = "HTTP/1.1 200 OK\r\nConnection-Id: 1\r\nX: Connection: 2\r\n\r\n";
    assert.equal(closed(head), head.replace("\r\n", "\r\nConnection: close\r\n"));
  });
});
