import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificateEnd, refusalOf } from "../../src/probe/certificate.ts";

describe("certificateEnd", () => {
  const cases: readonly [text: string | undefined, end: string | undefined][] = [
    ["Nov 21 19:43:40 2027 GMT", "2027-11-21T19:43:40.000Z"],
    ["Jan  1 00:00:00 2120 GMT", "2120-01-01T00:00:00.000Z"],
    ["Nov 21 19:43:40 2027", undefined],
    ["Foo 21 19:43:40 2027 GMT", undefined],
    [undefined, undefined],
  ];
  for (const [text, end] of cases) it(`reads ${text}`, () => assert.equal(certificateEnd(text), end));
});

describe("refusalOf", () => {
  const facts = {
    certificate: {
      valid_from: "Jan  1 00:00:00 2030 GMT",
      valid_to: "Jan  1 00:00:00 2021 GMT",
      subjectaltname: "DNS:web.internal, IP Address:127.0.0.1",
    },
    name: "db.internal",
    nowText: "2026-11-21T19:43:40.000Z",
  };
  const cases: readonly [code: string, reason: string][] = [
    ["CERT_HAS_EXPIRED", "certificate expired 2021-01-01T00:00:00.000Z"],
    ["CERT_NOT_YET_VALID", "certificate is good from 2030-01-01T00:00:00.000Z on"],
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "certificate is signed by itself; name a file that holds it as ca, or set verify to false",
    ],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "certificate is signed by nobody who is trusted; name a file with who has signed it as ca",
    ],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      'certificate is for DNS:web.internal, IP Address:127.0.0.1, not for "db.internal"; set server-name',
    ],
    ["CERT_REVOKED", "certificate is refused: CERT_REVOKED"],
  ];
  for (const [code, reason] of cases)
    it(`says of ${code} what to do`, () => assert.equal(refusalOf(code, facts), reason));

  it("tells an expired certificate from one whose signer's has expired", () => {
    const certificate = { ...facts.certificate, valid_to: "Jan  1 00:00:00 2120 GMT" };
    assert.equal(refusalOf("CERT_HAS_EXPIRED", { ...facts, certificate }), "a certificate of its chain has expired");
  });

  it("shows no certificate's names as they are: they may be anything", () => {
    const certificate = { subjectaltname: "DNS:a\u001b[31m\n" };
    assert.doesNotMatch(refusalOf("ERR_TLS_CERT_ALTNAME_INVALID", { ...facts, certificate }), /\p{Cc}/u);
  });
});
