import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseWrk } from "../../../bench/load/wrk.ts";

const plain = `Running 4s test @ http://127.0.0.1:9102/
  1 threads and 50 connections
  151234 requests in 4.00s, 33.00MB read
Requests/sec:  37808.50
Transfer/sec:      8.25MB
`;

describe("parseWrk", () => {
  it("reads requests and their rate", () => {
    assert.deepEqual(parseWrk(plain), { requests: 151_234, errors: 0, requestsPerS: 37_808.5 });
  });

  it("adds up all errors", () => {
    const text = plain.replace(
      "Requests/sec",
      "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\nRequests/sec",
    );
    assert.equal(parseWrk(text).errors, 15);
  });

  it("throws at anything else", () => assert.throws(() => parseWrk("unable to connect")));
});
