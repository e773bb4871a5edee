import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { logAuditEvent } from "../../src/control/audit-log.ts";
import { createRecordedLog } from "./recorded-log.ts";

describe("logAuditEvent", () => {
  it("says who has changed what, for people and for machines", () => {
    const log = createRecordedLog();
    const change = { state: "drain", weight: 3 };
    const event = { action: "backend-changed", by: "token", client: "10.0.0.1:5", subject: "web/a", change };
    logAuditEvent(log, event);
    const message = "token: backend-changed web/a, state drain, weight 3";
    assert.deepEqual(log.lines, [{ level: "info", event: "audit", fields: event, message }]);
  });

  it("says no more than there is", () => {
    const log = createRecordedLog();
    logAuditEvent(log, { action: "reload", by: "api", client: null, subject: null, change: {} });
    assert.equal(log.lines[0]?.message, "api: reload");
  });
});
