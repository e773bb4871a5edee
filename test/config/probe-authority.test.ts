import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readProbeAuthority } from "../../src/config/probe-authority.ts";
import type { Problem } from "../../src/errors.ts";
import { probeConfig } from "../probe/asking.ts";
import { AUTHORITY, GOOD } from "../support/certificates.ts";

const PROBE = { type: "tls", tls: { serverName: undefined, ca: { file: "ca.pem", pem: "" }, verify: true } } as const;

function read(text: string | Error): { readonly pem: string | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const probe = readProbeAuthority<{ type: "tls"; tls: { ca: { file: string; pem: string } } & typeof PROBE.tls }>(
    PROBE,
    "pools.web.probe",
    () => {
      if (text instanceof Error) throw text;
      return text;
    },
    problems,
  );
  return { pem: probe.tls.ca.pem, problems };
}

describe("readProbeAuthority", () => {
  it("reads the certificates of a file", () => {
    const both = `${AUTHORITY.cert}\n# another\n${GOOD.cert}\n`;
    assert.deepEqual(read(both), { pem: both, problems: [] });
  });

  it("leaves a probe without a file as it is", () => {
    const probe = probeConfig({ type: "tcp" });
    const problems: Problem[] = [];
    assert.equal(
      readProbeAuthority(probe, "pools.web.probe", () => assert.fail("nothing is to be read"), problems),
      probe,
    );
  });

  const refused: readonly [what: string, text: string | Error, message: string][] = [
    ["a key", GOOD.key, "ca.pem holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"],
    [
      "a certificate that is damaged",
      `${AUTHORITY.cert}\n${GOOD.cert.replace(/.{60}\n/, "AAAA\n")}`,
      "ca.pem holds a certificate that can't be read, the 2. of it",
    ],
    [
      "a file that is not there",
      Object.assign(new Error("open"), { code: "ENOENT" }),
      "ca.pem can't be read: there is no such file",
    ],
  ];
  for (const [what, text, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(read(text).problems, [{ path: "pools.web.probe.ca", message }]);
    });
  }
});
