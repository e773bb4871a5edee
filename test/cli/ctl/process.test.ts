import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ReloadReport } from "../../../src/control/reload-report.ts";
import { problemReply } from "../remote/fake-admin.ts";
import { answers, tell } from "./errands.ts";

const NONE = { added: [], removed: [], changed: [] };
const report: ReloadReport = {
  listeners: NONE,
  pools: { ...NONE, added: ["api"] },
  backends: { ...NONE, removed: ["web/b2"] },
  restartRequired: ["process.workers"],
};

describe("lb-tcp ctl reload", () => {
  it("says what has changed, and what needs a restart", async () => {
    const { code, printed } = await tell("reload", answers({ "POST /reload": report }));
    assert.equal(code, 0);
    assert.equal(
      printed,
      "reloaded: pools added: api; backends removed: web/b2\nthese need a restart to take effect: process.workers\n",
    );
  });

  it("prints all that is wrong with a bad file, a line each", async () => {
    const problems = [
      { path: "lb.yaml:3:5 pools.web.polcy", message: "unknown key; did you mean policy?" },
      { path: "lb.yaml:4:5 pools.web.attempts", message: "expected a whole number" },
    ];
    const { code, printed, complained } = await tell("reload", () => problemReply(422, "2 problems", { problems }));
    assert.deepEqual([code, printed], [2, ""]);
    assert.equal(complained, problems.map(({ path, message }) => `lb-tcp: ${path}: ${message}\n`).join(""));
  });
});

describe("lb-tcp ctl log-level", () => {
  it("sets it", async () => {
    const { printed, asked } = await tell("log-level debug", answers({ "PUT /log-level": { level: "debug" } }));
    assert.equal(printed, "the log level is debug\n");
    assert.deepEqual(asked[0]?.body, { level: "debug" });
  });

  it("knows which levels there are", async () => {
    const { code, complained } = await tell("log-level wran", () => undefined);
    assert.equal(code, 2);
    assert.match(complained, /^lb-tcp: log-level: got "wran", expected trace, .*, silent; did you mean warn\?\n$/);
  });
});

describe("lb-tcp ctl drain-all and shutdown", () => {
  it("end the process in two ways", async () => {
    const drained = await tell("drain-all", answers({ "POST /drain": {} }));
    assert.match(drained.printed, /: it accepts no more, and ends when its sessions have\n$/);
    const stopped = await tell("shutdown --json", answers({ "POST /shutdown": { state: "closing" } }));
    assert.deepEqual(JSON.parse(stopped.printed), { state: "closing" });
  });
});
