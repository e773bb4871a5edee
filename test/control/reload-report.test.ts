import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diffConfig } from "../../src/config/diff.ts";
import { resolve } from "../../src/config/resolve.ts";
import { describeReport, reportOf } from "../../src/control/reload-report.ts";

const before = resolve({
  listeners: { web: { listen: ":80", pool: "web" } },
  pools: { web: { backends: ["10.0.0.1:80", "10.0.0.2:80"] }, old: { backends: [] } },
});
const after = resolve({
  listeners: { web: { listen: ":80", pool: "api" } },
  pools: { web: { backends: ["10.0.0.1:80", "10.0.0.3:80"] }, api: { backends: ["10.0.0.4:80"] } },
});

describe("reportOf", () => {
  it("names what is different", () => {
    assert.deepEqual(reportOf(diffConfig(before, after)), {
      listeners: { added: [], removed: [], changed: ["web"] },
      pools: { added: ["api"], removed: ["old"], changed: ["web"] },
      backends: { added: ["web/10.0.0.3:80"], removed: ["web/10.0.0.2:80"], changed: [] },
      restartRequired: [],
    });
  });
});

describe("describeReport", () => {
  it("says it in a line", () => {
    assert.equal(
      describeReport(reportOf(diffConfig(before, after))),
      "listeners changed: web; pools added: api; pools removed: old; pools changed: web; " +
        "backends added: web/10.0.0.3:80; backends removed: web/10.0.0.2:80",
    );
    assert.equal(describeReport(reportOf(diffConfig(before, before))), "no listener, pool or backend has changed");
  });

  it("leaves out names where there are many", () => {
    const backends = Array.from({ length: 13 }, (_, index) => `10.0.1.${index}:80`);
    const many = resolve({
      listeners: { web: { listen: ":80", pool: "web" } },
      pools: { web: { backends }, old: { backends: [] } },
    });
    assert.match(describeReport(reportOf(diffConfig(before, many))), /10\.0\.1\.9:80 and 3 more; backends removed: /);
  });
});
