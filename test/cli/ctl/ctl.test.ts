import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verbHelp } from "../../../src/cli/ctl/help.ts";
import { verbOf } from "../../../src/cli/ctl/verbs.ts";
import { tell } from "./errands.ts";

describe("lb-tcp ctl", () => {
  it("explains a verb, without asking anybody", async () => {
    const verb = verbOf("drain");
    assert.ok(verb);
    for (const line of ["drain --help", "drain -h", "--help drain web/b2"]) {
      const { code, printed, asked } = await tell(line, () => undefined);
      assert.deepEqual([code, printed, asked], [0, verbHelp(verb, 80), []]);
    }
  });

  const mistakes: readonly (readonly [line: string, complained: RegExp])[] = [
    ["drian web/b2", /^lb-tcp: drian: lb-tcp ctl can't do that; did you mean drain\?\n$/],
    ["dance", /^lb-tcp: dance: lb-tcp ctl can't do that; `lb-tcp ctl --help` lists all\n$/],
    ["--json", /^lb-tcp: lb-tcp ctl: is told what to do by a word; /],
    ["weight web/b2", /^lb-tcp: lb-tcp ctl weight: something is missing; write lb-tcp ctl weight POOL\/BACKEND N\n$/],
    ["drain web/b2 --wait 30s", /^lb-tcp: 30s: is joined by =; write --wait=30s\n$/],
    ["status now", /^lb-tcp: now: is too much; write lb-tcp ctl status\n$/],
    [
      "ready web/b2 --wait",
      /^lb-tcp: --wait: unknown flag of lb-tcp ctl ready; `lb-tcp ctl ready --help` lists all\n$/,
    ],
    [
      "drain x y --wiat --admin nonsense",
      /^lb-tcp: --wiat: .*--wait\?\nlb-tcp: y: is too much.*\nlb-tcp: --admin: .*\n$/,
    ],
  ];
  for (const [line, complained] of mistakes) {
    it(`says all that is wrong with ${line}`, async () => {
      const told = await tell(line, () => undefined);
      assert.deepEqual([told.code, told.asked], [2, []]);
      assert.match(told.complained, complained);
    });
  }

  it("is told where lb-tcp is", async () => {
    const { code, complained } = await tell("status", () => undefined, { environment: { LB_TCP_ADMIN: "" } });
    assert.equal(code, 2);
    assert.match(
      complained,
      /^lb-tcp: --admin: is needed to find lb-tcp; write --admin ADDRESS, .* or set LB_TCP_ADMIN\n$/,
    );
  });
});
