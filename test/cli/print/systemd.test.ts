import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { keys } from "../../../src/config/keys.ts";
import { makeTemporaryFolder } from "../../support/child-server.ts";
import { runProgram, skipReason } from "../../support/programs.ts";

// From dist/test/cli/print.
const folder: URL = new URL("../../../../src/cli/print/systemd/", import.meta.url);
const service: string = readFileSync(new URL("lb-tcp.service", folder), "utf8");
const socket: string = readFileSync(new URL("lb-tcp.socket", folder), "utf8");
const temporary = makeTemporaryFolder("systemd");
after(() => rmSync(temporary, { recursive: true }));

/** What a directive is set to; once for each time. */
function values(unit: string, directive: string): string[] {
  return [...unit.matchAll(new RegExp(`^${directive}=(.*)$`, "gm"))].map(([, value = ""]) => value);
}

describe("the systemd units that are printed", () => {
  it("are units to systemd, with nothing that it does not know", { skip: skipReason("systemd-analyze") }, async () => {
    // It wants the program to be there.
    const installed = service.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
    const paths = [join(temporary, "lb-tcp.service"), join(temporary, "lb-tcp.socket")];
    for (const [index, text] of [installed, socket].entries()) writeFileSync(paths[index] ?? "", text);
    const { code, stdout, stderr } = await runProgram("systemd-analyze", ["verify", ...paths]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  });

  it("keep the program from what it does not need", { skip: skipReason("systemd-analyze") }, async () => {
    const path = join(temporary, "hardened.service");
    writeFileSync(path, service);
    // Of 10; without hardening it is 9.6.
    const args = ["security", "--offline=true", "--threshold=25", "--no-pager", path];
    const { code, stdout, stderr } = await runProgram("systemd-analyze", args);
    assert.equal(code, 0, stdout + stderr);
  });

  it("start, reload and stop it in order", () => {
    assert.deepEqual(values(service, "Type"), ["exec"]);
    assert.match(values(service, "ExecStart").join(), /lb-tcp --config \/etc\/lb-tcp\/lb-tcp\.yaml$/);
    assert.deepEqual(values(service, "ExecReload"), ["/bin/kill -HUP $MAINPID"]);
    const [seconds = ""] = values(service, "TimeoutStopSec");
    const drain = keys.find(({ flag }) => flag === "drain-timeout")?.defaultText;
    assert.ok(Number.parseInt(seconds) > Number.parseInt(drain ?? ""), "systemd would kill it while it drains");
  });

  it("run as nobody in particular, who may open low ports and many descriptors", () => {
    assert.deepEqual(values(service, "DynamicUser"), ["yes"]);
    for (const directive of ["AmbientCapabilities", "CapabilityBoundingSet"]) {
      assert.deepEqual(values(service, directive), ["CAP_NET_BIND_SERVICE"]);
    }
    assert.ok(Number(values(service, "LimitNOFILE")) >= 65_536);
  });

  it("leave V8 what it needs", () => {
    // It compiles at run time, and reads /proc/meminfo.
    for (const directive of ["MemoryDenyWriteExecute", "ProcSubset"]) assert.deepEqual(values(service, directive), []);
    assert.deepEqual(values(service, "SystemCallFilter"), ["@system-service"]);
  });

  it("have a backlog for whoever comes while it restarts", () => {
    assert.deepEqual(values(socket, "ListenStream"), ["80"]);
    assert.equal(values(socket, "Backlog").join(), keys.find(({ flag }) => flag === "backlog")?.defaultText);
    assert.deepEqual(values(socket, "Accept"), [], "it accepts by itself");
  });
});
