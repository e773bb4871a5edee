import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FileSystem } from "../../src/cli/file-system.ts";
import { fingerprint } from "../../src/cli/file-watch.ts";
import { Reloader } from "../../src/cli/reloader.ts";
import type { Loaded } from "../../src/config/load.ts";
import type { ReloadSource } from "../../src/control/reloads.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const REPORT = {
  listeners: { added: [], removed: [], changed: [] },
  pools: { added: [], removed: [], changed: [] },
  backends: { added: [], removed: [], changed: [] },
  restartRequired: [],
};

function loadedWith(drainTimeoutMs: number): Loaded {
  const process = { shutdownDelayMs: 0, drainTimeoutMs };
  return { options: { listeners: {}, pools: {} }, process, warnings: [], files: [], file: undefined };
}

/** A source of one file, whose content is the drain timeout, or nonsense. */
function createWorld() {
  const clock = createFakeClock();
  const contents = new Map([["/lb.yaml", "1"]]);
  const files: FileSystem = {
    read: (path) => Buffer.from(contents.get(path) ?? ""),
    readLink: () => undefined,
    watch: () => () => {},
  };
  const reloads: string[] = [];
  let finish: (() => void) | undefined;
  const balancer = {
    async reload(source: ReloadSource, options?: { readonly graceMs?: number }) {
      assert.ok(typeof source === "function");
      reloads.push(`grace ${options?.graceMs}`);
      await source();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return REPORT;
    },
  };
  const source = {
    load() {
      const content = Number(contents.get("/lb.yaml"));
      if (Number.isNaN(content)) throw new Error("not a number");
      return loadedWith(content);
    },
    paths: ({ process }: Loaded) => (process.drainTimeoutMs < 10 ? ["/lb.yaml"] : ["/lb.yaml", "/deny.txt"]),
  };
  const seen = fingerprint(["/lb.yaml"], files);
  const reloader = new Reloader({ clock, files, source, balancer }, loadedWith(1), seen);
  return {
    clock,
    contents,
    reloads,
    reloader,
    finish: async (): Promise<void> => {
      await nextTurn();
      finish?.();
      await nextTurn();
    },
  };
}

describe("Reloader", () => {
  it("reloads when the content of a file is another one", async () => {
    const { clock, contents, reloads, reloader, finish } = createWorld();
    contents.set("/lb.yaml", "2");
    clock.advance(10_001);
    await finish();
    assert.deepEqual([reloads, reloader.loaded.process.drainTimeoutMs], [["grace 1"], 2]);
    clock.advance(60_000);
    await finish();
    assert.equal(reloads.length, 1);
    reloader.close();
    assert.equal(clock.pendingTimers, 0);
  });

  it("takes requests that come while one is under way for one", async () => {
    const { reloads, reloader, finish } = createWorld();
    for (let count = 0; count < 5; count++) reloader.reload();
    await finish();
    await finish();
    await finish();
    assert.equal(reloads.length, 2);
    reloader.close();
  });

  it("goes on with what is in force when the file is a bad one, and looks again when it changes", async () => {
    const { clock, contents, reloads, reloader, finish } = createWorld();
    contents.set("/lb.yaml", "nonsense");
    clock.advance(10_001);
    await finish();
    assert.deepEqual([reloads.length, reloader.loaded.process.drainTimeoutMs], [1, 1]);
    clock.advance(30_000);
    await finish();
    assert.equal(reloads.length, 1, "it is the same nonsense");
    contents.set("/lb.yaml", "3");
    clock.advance(10_001);
    await finish();
    assert.deepEqual([reloads.length, reloader.loaded.process.drainTimeoutMs], [2, 3]);
    reloader.close();
  });

  it("watches the files that the newest configuration names", async () => {
    const { clock, contents, reloads, reloader, finish } = createWorld();
    contents.set("/lb.yaml", "20");
    clock.advance(10_001);
    await finish();
    clock.advance(10_001);
    await finish();
    assert.equal(reloads.length, 1);
    contents.set("/deny.txt", "192.0.2.1");
    clock.advance(10_001);
    await finish();
    assert.equal(reloads.length, 2);
    reloader.close();
  });

  it("tells whoever asks what has changed, or why nothing has", async () => {
    const { contents, reloader, finish } = createWorld();
    const good = reloader.reload();
    await finish();
    assert.deepEqual(await good, REPORT);
    contents.set("/lb.yaml", "nonsense");
    await assert.rejects(reloader.reload(), { message: "not a number" });
    reloader.close();
  });

  it("tells each of those who ask while one is under way of the next one", async () => {
    const { reloads, reloader, finish } = createWorld();
    const all = [reloader.reload(), reloader.reload(), reloader.reload()];
    await finish();
    await finish();
    assert.deepEqual(await Promise.all(all), [REPORT, REPORT, REPORT]);
    assert.equal(reloads.length, 2);
    reloader.close();
  });

  it("does nothing after its end, and says so", async () => {
    const { reloads, reloader } = createWorld();
    reloader.close();
    await assert.rejects(reloader.reload(), { code: "LB_CLOSED" });
    await nextTurn();
    assert.deepEqual(reloads, []);
  });
});
