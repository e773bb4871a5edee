import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { describe, it } from "node:test";
import { whyNotLinux } from "../../../src/transport/linux/self-test.ts";
import { openDescriptors, withoutLeaks } from "../../support/leaks.ts";
import { failing } from "./faults.ts";
import { linuxIt } from "./stage.ts";

const { ENOSYS, EPERM } = constants.errno;
const MODULE = new URL("../../../src/transport/linux/self-test.js", import.meta.url).href;
const PRELUDE = "const m = require('module'); const load = m._load;";
const WITHOUT_KOFFI = `${PRELUDE} m._load = (name, ...rest) => { if (name === "koffi") throw new Error("no koffi"); return load(name, ...rest); };`;

describe("whyNotLinux", () => {
  it(
    "says of each machine whether the linux transport works, and leaves nothing open",
    withoutLeaks(() => {
      const before = process.platform === "linux" ? openDescriptors() : 0;
      const reason = whyNotLinux();
      if (process.platform !== "linux") assert.match(reason ?? "", /needs Linux/);
      else assert.equal(openDescriptors(), before);
    }),
  );

  linuxIt("takes little time", () => {
    for (let time = 0; time < 20; time++) assert.equal(whyNotLinux(), undefined);
  });

  for (const [call, errno, reason] of [
    ["epoll_create1", EPERM, "epoll_create1: EPERM"],
    ["eventfd", ENOSYS, "eventfd: ENOSYS"],
    ["splice", EPERM, "splice: EPERM"],
    ["pipe2", EPERM, "pipe2: EPERM"],
    ["socket", EPERM, "socket: EPERM"],
    ["epoll_ctl", EPERM, "epoll_ctl: EPERM"],
  ] as const) {
    linuxIt(`names what is forbidden: ${call}`, () => {
      const before = openDescriptors();
      failing(call, errno, () => assert.equal(whyNotLinux(), reason));
      assert.equal(openDescriptors(), before);
    });
  }

  linuxIt("says that koffi can't be loaded", () => {
    const script = `${WITHOUT_KOFFI} import("${MODULE}").then(({ whyNotLinux }) => console.log(whyNotLinux()))`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.equal(stdout, "the optional package koffi can't be loaded: no koffi\n", stderr);
  });
});
