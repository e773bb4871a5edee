import assert from "node:assert/strict";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Doors } from "../../src/admin/doors.ts";
import { Visitors } from "../../src/admin/visitors.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { statusIn, visit } from "./raw.ts";

const folder = makeTemporaryFolder("doors");
after(() => rmSync(folder, { recursive: true }));
const ASK = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/** Answers with how a request came in. */
function create(): Doors {
  const doors: Doors = new Doors(
    (request, response) => void response.end(JSON.stringify(doors.entranceOf(request))),
    new Visitors(8),
  );
  return doors;
}

async function entrance(address: string): Promise<unknown> {
  const text = await (await visit(address, ASK)).all();
  return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
}

describe("Doors", () => {
  it(
    "know by which of them somebody came in",
    withoutLeaks(async () => {
      const doors = create();
      const path = join(folder, "a.sock");
      await doors.open([
        { kind: "tcp", host: "127.0.0.1", port: 0 },
        { kind: "tcp", host: "0.0.0.0", port: 0 },
        { kind: "unix", path },
      ]);
      const [loopback = "", any = "", unix = ""] = doors.addresses;
      assert.deepEqual(await entrance(loopback), { kind: "tcp", isLoopback: true, clientIp: "127.0.0.1" });
      // Whoever else comes in there is not known to be of this machine.
      assert.deepEqual(await entrance(any), { kind: "tcp", isLoopback: false, clientIp: "127.0.0.1" });
      assert.deepEqual(await entrance(unix), { kind: "unix" });
      await doors.close();
      assert.equal(existsSync(path), false);
    }),
  );

  it("make a unix socket that only its owner may use, and leave alone what is not theirs", async () => {
    const doors = create();
    const path = join(folder, "b.sock");
    await doors.open([{ kind: "unix", path }]);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const other = create();
    await assert.rejects(other.open([{ kind: "unix", path }]), { code: "LB_ADDRESS_IN_USE" });
    assert.equal(statusIn(await (await visit(`unix:${path}`, ASK)).all()), 200);
    rmSync(path);
    writeFileSync(path, "mine");
    await doors.close();
    assert.ok(existsSync(path));
  });

  it(
    "open all or none",
    withoutLeaks(async () => {
      const first = create();
      await first.open([{ kind: "tcp", host: "127.0.0.1", port: 0 }]);
      const port = Number(first.addresses[0]?.split(":")[1]);
      const doors = create();
      const wanted = [0, port].map((each) => ({ kind: "tcp", host: "127.0.0.1", port: each }) as const);
      await assert.rejects(doors.open(wanted), { code: "LB_ADDRESS_IN_USE" });
      assert.deepEqual(doors.addresses, []);
      await first.close();
    }),
  );

  it(
    "end what is open when they close",
    withoutLeaks(async () => {
      const doors = create();
      await doors.open([{ kind: "tcp", host: "127.0.0.1", port: 0 }]);
      const idle = await visit(doors.addresses[0] ?? "");
      const half = await visit(doors.addresses[0] ?? "", "GET / HT");
      await doors.close();
      await Promise.all([idle.all(), half.all()]);
    }),
  );
});
