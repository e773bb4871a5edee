import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type Place, readPlace } from "../../../src/cli/remote/place.ts";
import type { Problem } from "../../../src/errors.ts";
import { makeTemporaryFolder } from "../../support/child-server.ts";

const folder = makeTemporaryFolder("place");
after(() => rmSync(folder, { recursive: true }));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, "s3cret\n");
writeFileSync(join(folder, "empty"), "\n");
writeFileSync(join(folder, "two"), "one\ntwo\n");

function read(
  flags: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): { place: Place | undefined; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  return { place: readPlace({ flags }, environment, problems), problems };
}

describe("readPlace", () => {
  const places: readonly (readonly [text: string, dialled: string])[] = [
    ["127.0.0.1:8901", "127.0.0.1:8901"],
    ["8901", "127.0.0.1:8901"],
    [":8901", "127.0.0.1:8901"],
    ["0.0.0.0:8901", "127.0.0.1:8901"],
    ["[::]:8901", "127.0.0.1:8901"],
    ["[::1]:8901", "[::1]:8901"],
    ["http://lb.local:8901", "lb.local:8901"],
    ["unix:/run/lb.sock", "unix:/run/lb.sock"],
    ["127.0.0.1:8901,unix:/run/lb.sock", "127.0.0.1:8901"],
  ];
  for (const [text, dialled] of places) {
    it(`dials ${dialled} for ${text}`, () => {
      const { place, problems } = read({ admin: text });
      assert.deepEqual({ text: place?.text, problems }, { text: dialled, problems: [] });
    });
  }

  it("takes variables where no flags are", () => {
    const environment = { LB_TCP_ADMIN: "127.0.0.1:1", LB_TCP_ADMIN_TOKEN_FILE: tokenFile };
    assert.deepEqual(read({}, environment).place, {
      address: { kind: "tcp", host: "127.0.0.1", port: 1 },
      text: "127.0.0.1:1",
      token: "s3cret",
      tokenFile,
    });
    assert.equal(read({ admin: "127.0.0.1:2" }, environment).place?.text, "127.0.0.1:2");
  });

  const mistakes: readonly (readonly [flags: Readonly<Record<string, string>>, path: string, message: RegExp])[] = [
    [{}, "--admin", /^is needed to find lb-tcp; write --admin ADDRESS, .* set LB_TCP_ADMIN$/],
    [{ admin: "nonsense" }, "--admin", /has no port/],
    [{ admin: "127.0.0.1:0" }, "--admin", /has the port 0; write the one/],
    [{ admin: ":1", "admin-token-file": join(folder, "none") }, "--admin-token-file", /there is no such file$/],
    [{ admin: ":1", "admin-token-file": join(folder, "empty") }, "--admin-token-file", /is empty; expected one line/],
    [{ admin: ":1", "admin-token-file": join(folder, "two") }, "--admin-token-file", /holds no token/],
  ];
  for (const [flags, path, message] of mistakes) {
    it(`says what is wrong with ${JSON.stringify(Object.entries(flags).map(([name]) => name))} ${String(message)}`, () => {
      const { problems } = read(flags);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.path, path);
      assert.match(problems[0].message, message);
      assert.doesNotMatch(problems[0].message, /one\n|s3cret/);
    });
  }
});
