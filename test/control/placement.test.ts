import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Machine } from "../../src/control/machine.ts";
import { type Placement, place } from "../../src/control/placement.ts";

type Asked = Parameters<typeof place>[0];

function placed(asked: Partial<Asked>, machine: Partial<Machine> = {}): Placement {
  return place(
    { transport: "auto", workers: "auto", ...asked },
    {
      platform: "linux",
      arch: "x64",
      nodeVersion: "22.12.0",
      cores: () => 4,
      whyNotLinux: () => undefined,
      ...machine,
    },
  );
}

function remark(placement: Placement): string {
  return placement.remarks.map(({ level, message }) => `${level}: ${message}`).join("\n");
}

describe("place", () => {
  it("takes linux where it works, with a worker for each core", () => {
    assert.deepEqual(placed({}), { transport: "linux", workers: 4, remarks: [] });
    assert.deepEqual(placed({ workers: 1 }), { transport: "linux", workers: 1, remarks: [] });
    assert.deepEqual(placed({ transport: "linux", workers: 9 }).workers, 9);
  });

  it("stays in the caller's thread where there are to be no workers, and asks nobody", () => {
    const whyNotLinux = (): string => assert.fail("no need");
    assert.deepEqual(placed({ workers: 0 }, { whyNotLinux }), { transport: "net", workers: 0, remarks: [] });
  });

  it("takes net where linux does not work, and says why", () => {
    const fallen = placed({}, { whyNotLinux: () => "koffi is not installed" });
    assert.deepEqual([fallen.transport, fallen.workers], ["net", 4]);
    assert.equal(remark(fallen), "warn: Running on the net transport, not on linux: koffi is not installed");
    const elsewhere = placed({}, { platform: "freebsd", whyNotLinux: () => "it needs Linux, and this is freebsd" });
    assert.equal(
      remark(elsewhere),
      "info: Running on the net transport, not on linux: it needs Linux, and this is freebsd",
    );
  });

  it("takes linux on another processor only when asked for", () => {
    const arm = { arch: "arm64" };
    assert.deepEqual(placed({ transport: "linux" }, arm), { transport: "linux", workers: 4, remarks: [] });
    const { transport, remarks } = placed({}, arm);
    assert.deepEqual([transport, remarks.length], ["net", 1]);
    assert.match(remarks[0]?.message ?? "", /not chosen by itself on arm64; --transport linux asks for it$/);
  });

  it("refuses linux where it is asked for and does not work", () => {
    assert.throws(() => placed({ transport: "linux" }, { whyNotLinux: () => "epoll_wait is forbidden" }), {
      code: "LB_TRANSPORT",
      message: "the linux transport does not work here: epoll_wait is forbidden; ask for net or auto instead",
    });
  });

  it("runs net on several workers from Node 22.12 on, and before that in one thread, saying why", () => {
    for (const nodeVersion of ["22.12.0", "22.13.1", "24.0.0"]) {
      assert.deepEqual(placed({ transport: "net" }, { nodeVersion }), { transport: "net", workers: 4, remarks: [] });
    }
    for (const nodeVersion of ["20.19.0", "22.11.9", "21.99.0"]) {
      assert.deepEqual(placed({ transport: "net", workers: 3 }, { nodeVersion }).workers, 0);
    }
    const why = `that needs Node 22.12 or later, and this is 20.19.0`;
    const old = { nodeVersion: "20.19.0" };
    assert.equal(
      remark(placed({ transport: "net", workers: 3 }, old)),
      `warn: The net transport runs in one thread and not on 3 workers: ${why}`,
    );
    assert.equal(
      remark(placed({ transport: "net" }, old)),
      `info: The net transport runs in one thread and not on 4 workers: ${why}`,
    );
  });

  it("runs net in one thread on systems that do not spread clients", () => {
    const { workers, remarks } = placed({ transport: "net", workers: 2 }, { platform: "darwin" });
    assert.deepEqual([workers, remarks.length], [0, 1]);
    assert.match(remarks[0]?.message ?? "", /darwin does not spread clients over several sockets$/);
  });

  it("runs one worker of net in the caller's thread, without a word", () => {
    assert.deepEqual(placed({ transport: "net", workers: 1 }), { transport: "net", workers: 0, remarks: [] });
    assert.deepEqual(placed({ transport: "net" }, { cores: () => 1, nodeVersion: "20.19.0" }).remarks, []);
  });
});
