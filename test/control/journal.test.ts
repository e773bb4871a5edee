import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { LogConfig } from "../../src/config/config.ts";
import { createJournal } from "../../src/control/journal.ts";
import { createRingMemory, LogRing } from "../../src/observe/ring.ts";
import { plainRecord } from "../observe/records.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";

const folder = makeTemporaryFolder("journal");
after(() => rmSync(folder, { recursive: true }));

let files = 0;

function logConfig(options: Partial<LogConfig> = {}): LogConfig {
  files++;
  return {
    level: "info",
    format: "json",
    output: join(folder, `${files}.log`),
    access: "all",
    ignore: { empty: false, clients: [] },
    accessIntervalMs: Number.POSITIVE_INFINITY,
    ...options,
  };
}

function linesOf(path: string): Record<string, unknown>[] {
  const lines = readFileSync(path, "utf8").split("\n");
  assert.equal(lines.pop(), "", "the last line is whole");
  return lines.map((line) => JSON.parse(line));
}

describe("createJournal", () => {
  it(
    "writes events and access lines as one log, in the order in which things happened",
    withoutLeaks(async () => {
      const config = logConfig();
      const journal = createJournal(config, createFakeClock());
      journal.log.info("listening", { listener: "web" }, "Listening");
      journal.access({ ...plainRecord, id: "first" });
      journal.access({ ...plainRecord, id: "second" });
      journal.log.info("stopped", {}, "Stopped");
      await journal.close();
      assert.deepEqual(
        linesOf(config.output).map(({ event, id = null, time }) => [event, id, time]),
        [
          ["listening", null, "2026-01-01T00:00:00.000Z"],
          ["session", "first", "2026-01-01T00:00:00.000Z"],
          ["session", "second", "2026-01-01T00:00:00.000Z"],
          ["stopped", null, "2026-01-01T00:00:00.000Z"],
        ],
      );
    }),
  );

  it(
    "writes the lines of workers, before the events that follow them",
    withoutLeaks(async () => {
      const config = logConfig();
      const clock = createFakeClock();
      const journal = createJournal(config, clock);
      const ring = new LogRing(createRingMemory());
      const told = journal.follow(ring);
      ring.put('{"event":"session","id":"first"}\n');
      told();
      ring.put('{"event":"session","id":"second"}\n');
      journal.log.info("stopped", {}, "Stopped");
      ring.put('{"event":"session","id":"third"}\n');
      await journal.close();
      assert.deepEqual(
        linesOf(config.output).map(({ id = "stopped" }) => id),
        ["first", "second", "stopped", "third"],
      );
    }),
  );

  it("writes access lines by itself, soon after the turn in which the sessions ended", async () => {
    const config = logConfig();
    const clock = createFakeClock();
    const journal = createJournal(config, clock);
    journal.access(plainRecord);
    await nextTurn();
    clock.advance(1_000);
    await journal.close();
    assert.equal(linesOf(config.output).length, 1);
  });

  it("loses nothing of what thousands of sessions say that end in one turn", async () => {
    const config = logConfig();
    const journal = createJournal(config, createFakeClock());
    for (let session = 0; session < 5_000; session++) journal.access({ ...plainRecord, id: `${session}` });
    await journal.close();
    assert.equal(journal.droppedCount, 0);
    assert.deepEqual(
      linesOf(config.output).map(({ id }) => Number(id)),
      Array.from({ length: 5_000 }, (_, session) => session),
    );
  });

  it("wants an access line where level and access log agree", () => {
    const journal = createJournal(logConfig({ access: "errors" }), createFakeClock());
    assert.deepEqual(
      (["client-finished", "backend-reset"] as const).map((end) => journal.wantsAccess(end)),
      [false, true],
    );
    void journal.close();
  });

  it("goes on in a new file when the old one was moved away", async () => {
    const config = logConfig();
    const journal = createJournal(config, createFakeClock());
    journal.log.info("first", {}, "first");
    await nextTurn();
    renameSync(config.output, `${config.output}.1`);
    journal.reopen();
    journal.log.info("second", {}, "second");
    await journal.close();
    const events = [...linesOf(`${config.output}.1`), ...linesOf(config.output)].map(({ event }) => event);
    assert.deepEqual(events, ["first", "second"]);
    assert.deepEqual(
      linesOf(config.output)
        .map(({ event }) => event)
        .includes("second"),
      true,
    );
  });

  it("counts what comes after its end as lost", async () => {
    const journal = createJournal(logConfig(), createFakeClock());
    await journal.close();
    await journal.close();
    journal.access(plainRecord);
    await nextTurn();
    assert.equal(journal.droppedCount, 1);
  });

  it("writes for people where they are the readers, without colours into a file", async () => {
    const config = logConfig({ format: "pretty" });
    const journal = createJournal(config, createFakeClock());
    journal.log.warn("down", { backend: "web/a" }, "Backend web/a is down");
    journal.access(plainRecord);
    await journal.close();
    const text = readFileSync(config.output, "utf8");
    assert.match(text, /Backend web\/a is down/);
    assert.match(text, /client-finished/);
    assert.equal(text.includes("\u001b"), false);
    assert.equal(text.includes("{"), false);
  });

  it("refuses a file that can't be opened", () => {
    const config = logConfig({ output: join(folder, "none", "lb.log") });
    assert.throws(() => createJournal(config, createFakeClock()), { code: "LB_LOG_OUTPUT" });
  });

  it("says nothing where nothing is configured: the library's default", async () => {
    const clock = createFakeClock();
    const journal = createJournal(undefined, clock);
    journal.log.error("internal", {}, "unheard");
    assert.equal(journal.wantsAccess("internal"), false);
    journal.access(plainRecord);
    journal.reopen();
    await journal.close();
    assert.equal(journal.droppedCount, 0);
    assert.equal(clock.pendingTimers, 0);
  });
});
