import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failureTexts, meant, paletteOf, widthOf } from "../../../src/cli/ctl/errand.ts";
import type { Place } from "../../../src/cli/remote/place.ts";
import type { Failure } from "../../../src/cli/remote/remote.ts";
import { problemReply, startFakeAdmin } from "../remote/fake-admin.ts";
import { tell } from "./errands.ts";

const place: Place = {
  address: { kind: "tcp", host: "127.0.0.1", port: 8901 },
  text: "127.0.0.1:8901",
  token: undefined,
  tokenFile: undefined,
};

function refused(status: number, detail: string, problems?: readonly { path: string; message: string }[]): Failure {
  return { kind: "refused", status, problem: { title: "", detail, ...(problems === undefined ? {} : { problems }) } };
}

describe("failureTexts", () => {
  it("names the address where nobody answers, and what to do", () => {
    assert.deepEqual(failureTexts({ place }, { kind: "unreachable", reason: "nobody listens there" }), [
      "127.0.0.1:8901: nobody listens there; is lb-tcp running with --admin 127.0.0.1:8901? --admin or LB_TCP_ADMIN names another address",
    ]);
  });

  it("says how to give a token where none was, and which it was where one was", () => {
    assert.deepEqual(failureTexts({ place }, refused(401, "no token")), [
      "127.0.0.1:8901: no token",
      "give its token: --admin-token-file FILE or LB_TCP_ADMIN_TOKEN_FILE",
    ]);
    const [, remedy] = failureTexts({ place: { ...place, token: "x", tokenFile: "/run/t" } }, refused(401, "wrong"));
    assert.equal(remedy, "the token came from /run/t");
  });

  it("lists all problems in the place of a summary", () => {
    const problems = [
      { path: "a", message: "is wrong" },
      { path: "b", message: "too" },
    ];
    assert.deepEqual(failureTexts({ place }, refused(422, "two problems", problems)), ["a: is wrong", "b: too"]);
  });
});

describe("the exit code", () => {
  it("is 1 when nobody answers", async () => {
    const { address } = await startFakeAdmin(() => undefined).then(async (admin) => {
      await admin[Symbol.asyncDispose]();
      return admin;
    });
    const { code, complained } = await tell(`status --admin ${address}`, () => undefined);
    assert.equal(code, 1);
    assert.ok(complained.startsWith(`lb-tcp: ${address}: nobody listens there; is lb-tcp running`));
  });

  for (const [status, expected] of [
    [401, 2],
    [403, 2],
    [404, 2],
    [409, 2],
    [422, 2],
    [429, 2],
    [500, 1],
    [501, 2],
    [503, 1],
  ] as const) {
    it(`is ${expected} for ${status}`, async () => {
      assert.equal((await tell("status", () => problemReply(status, "no"))).code, expected);
    });
  }
});

describe("paletteOf and widthOf", () => {
  it("paint and cut for a terminal only", () => {
    const terminal = { stdout: true, stderr: true };
    const pipe = { stdout: false, stderr: true };
    assert.equal(paletteOf({ terminals: terminal, environment: {} }), "colors");
    assert.equal(paletteOf({ terminals: terminal, environment: { NO_COLOR: "1" } }), "no-colors");
    assert.equal(paletteOf({ terminals: terminal, environment: { NO_COLOR: "" } }), "colors");
    assert.equal(paletteOf({ terminals: terminal, environment: { TERM: "dumb" } }), "none");
    assert.equal(paletteOf({ terminals: pipe, environment: {} }), "none");
    assert.equal(widthOf({ terminals: terminal, columns: 99 }), 99);
    assert.equal(widthOf({ terminals: pipe, columns: 99 }), Number.POSITIVE_INFINITY);
  });
});

describe("meant", () => {
  it("proposes what comes near, if anything does", () => {
    assert.deepEqual([meant("wbe", ["web", "db"]), meant("zzz", ["web"])], ["; did you mean web?", ""]);
  });
});
