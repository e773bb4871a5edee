import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type FileSystem, systemFiles } from "../../src/cli/file-system.ts";
import { FileWatch, fingerprint } from "../../src/cli/file-watch.ts";
import { systemClock } from "../../src/clock.ts";
import { until } from "../control/crew.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";

const SETTLED_MS = 201;

/** Files of which the test says when they change, and whether that is heard of. */
class ScriptedFiles implements FileSystem {
  readonly contents = new Map<string, string>();
  readonly links = new Map<string, string>();
  readonly watched = new Map<string, (name: string | undefined) => void>();

  read(path: string): Uint8Array | undefined {
    const content = this.contents.get(this.#place(path));
    return content === undefined ? undefined : Buffer.from(content);
  }

  readLink(path: string): string | undefined {
    return this.links.get(path);
  }

  watch(folder: string, onEvent: (name: string | undefined) => void): () => void {
    assert.ok(!this.watched.has(folder), "watched twice");
    this.watched.set(folder, onEvent);
    return () => void this.watched.delete(folder);
  }

  write(path: string, content: string | undefined): void {
    if (content === undefined) this.contents.delete(path);
    else this.contents.set(path, content);
    this.stir(path);
  }

  stir(path: string): void {
    this.watched.get(dirname(path))?.(basename(path));
  }

  /** One link in a path is enough here. */
  #place(path: string): string {
    const target = this.links.get(path);
    if (target !== undefined) return this.#place(join(dirname(path), target));
    const folder = this.links.get(dirname(path));
    return folder === undefined ? path : this.#place(join(dirname(dirname(path)), folder, basename(path)));
  }
}

function createWorld(paths: readonly string[] = ["/etc/lb.yaml"]) {
  const clock = createFakeClock();
  const files = new ScriptedFiles();
  for (const path of paths) files.contents.set(path, "one");
  let changes = 0;
  const start = (seen = fingerprint(paths, files)): FileWatch =>
    new FileWatch({ clock, files, paths: () => paths, onChange: () => void changes++ }, seen);
  return { clock, files, start, changes: () => changes };
}

describe("FileWatch", () => {
  it("tells of a change once, when it has settled", () => {
    const { clock, files, start, changes } = createWorld();
    const watch = start();
    files.write("/etc/lb.yaml", "");
    clock.advance(150);
    files.write("/etc/lb.yaml", "two");
    clock.advance(150);
    assert.equal(changes(), 0);
    clock.advance(SETTLED_MS);
    assert.equal(changes(), 1);
    clock.advance(60_000);
    assert.equal(changes(), 1);
    watch.close();
    assert.equal(clock.pendingTimers, 0);
    assert.equal(files.watched.size, 0);
  });

  it("does not wait for ever for a file that never settles", () => {
    const { clock, files, start, changes } = createWorld();
    const watch = start();
    for (let round = 0; round < 11; round++) {
      files.write("/etc/lb.yaml", `round ${round}`);
      clock.advance(100);
    }
    assert.equal(changes(), 1);
    watch.close();
  });

  it("tells nothing where the content is the same, or it is another file's", () => {
    const { clock, files, start, changes } = createWorld();
    const watch = start();
    files.write("/etc/lb.yaml", "one");
    files.write("/etc/other", "two");
    clock.advance(SETTLED_MS);
    assert.equal(changes(), 0);
    watch.close();
  });

  it("tells of a file that goes, and of its return", () => {
    const { clock, files, start, changes } = createWorld();
    const watch = start();
    files.write("/etc/lb.yaml", undefined);
    clock.advance(SETTLED_MS);
    assert.equal(changes(), 1);
    files.write("/etc/lb.yaml", "one");
    clock.advance(SETTLED_MS);
    assert.equal(changes(), 2);
    watch.close();
  });

  it("tells of a swap of a link on the way, and goes on watching behind it", () => {
    const { clock, files } = createWorld([]);
    files.links.set("/cfg/lb.yaml", "..data/lb.yaml").set("/cfg/..data", "..1");
    files.contents.set("/cfg/..1/lb.yaml", "one").set("/cfg/..2/lb.yaml", "two").set("/cfg/..3/lb.yaml", "two");
    const paths = ["/cfg/lb.yaml"];
    let seen = 0;
    const watch = new FileWatch(
      { clock, files, paths: () => paths, onChange: () => void seen++ },
      fingerprint(paths, files),
    );
    assert.deepEqual([...files.watched.keys()], ["/cfg", "/cfg/..1"]);
    files.links.set("/cfg/..data", "..2");
    files.stir("/cfg/..data");
    clock.advance(SETTLED_MS);
    assert.equal(seen, 1);
    assert.deepEqual([...files.watched.keys()], ["/cfg", "/cfg/..2"]);
    files.links.set("/cfg/..data", "..3");
    files.stir("/cfg/..data");
    clock.advance(SETTLED_MS);
    assert.equal(seen, 1, "the same content");
    watch.close();
  });

  it("finds what nobody has told, and folders that were replaced", () => {
    const { clock, files, start, changes } = createWorld();
    const watch = start();
    files.contents.set("/etc/lb.yaml", "two");
    clock.advance(10_001);
    assert.equal(changes(), 1);
    files.watched.get("/etc")?.("etc");
    assert.equal(files.watched.size, 0, "it is dead");
    clock.advance(SETTLED_MS);
    assert.equal(files.watched.size, 1);
    watch.close();
  });

  it("tells of what has changed before it began", () => {
    const { clock, start, changes } = createWorld();
    const watch = start("something else");
    clock.advance(SETTLED_MS);
    assert.equal(changes(), 1);
    watch.close();
  });

  it("tells nothing of what somebody has read meanwhile", () => {
    const { clock, files, start, changes } = createWorld();
    const watch = start();
    files.write("/etc/lb.yaml", "two");
    watch.know(fingerprint(["/etc/lb.yaml"], files));
    clock.advance(SETTLED_MS);
    assert.equal(changes(), 0);
    watch.close();
  });
});

describe("FileWatch, on real files", () => {
  const folder = makeTemporaryFolder("file-watch");
  after(() => rmSync(folder, { recursive: true }));
  let folders = 0;

  async function withWatch(body: (path: string, changed: () => Promise<void>) => Promise<void>): Promise<void> {
    folders += 1;
    const place = join(folder, String(folders));
    mkdirSync(place);
    const path = join(place, "lb.yaml");
    writeFileSync(path, "one");
    await watched(path, body);
  }

  async function watched(
    path: string,
    body: (path: string, changed: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    let changes = 0;
    let expected = 0;
    // Neither a watch nor a timer of ours keeps the process alive.
    const alive = setInterval(() => {}, 1_000);
    const watch = new FileWatch(
      { clock: systemClock, files: systemFiles, paths: () => [path], onChange: () => void changes++ },
      fingerprint([path], systemFiles),
    );
    try {
      await body(path, async () => {
        expected += 1;
        await until(() => changes === expected, `change ${expected} of ${path}`);
      });
    } finally {
      clearInterval(alive);
      watch.close();
      await nextTurn();
    }
  }

  it(
    "sees writing in place, renaming over, deletion and return",
    withoutLeaks(() =>
      withWatch(async (path, changed) => {
        writeFileSync(path, "two");
        await changed();
        writeFileSync(`${path}.new`, "three");
        renameSync(`${path}.new`, path);
        await changed();
        rmSync(path);
        await changed();
        writeFileSync(path, "four");
        await changed();
        renameSync(path, `${path}~`);
        writeFileSync(path, "five");
        await changed();
      }),
    ),
  );

  it(
    "sees the swap of a ConfigMap, again and again",
    withoutLeaks(async () => {
      const place = join(folder, "configmap");
      mkdirSync(place);
      const publish = (version: number): void => {
        const data = join(place, `..${version}`);
        mkdirSync(data);
        writeFileSync(join(data, "lb.yaml"), `version ${version}`);
        symlinkSync(`..${version}`, join(place, "..data_tmp"));
        renameSync(join(place, "..data_tmp"), join(place, "..data"));
        if (version > 1) rmSync(join(place, `..${version - 1}`), { recursive: true });
      };
      publish(1);
      symlinkSync("..data/lb.yaml", join(place, "lb.yaml"));
      await watched(join(place, "lb.yaml"), async (_path, changed) => {
        for (let version = 2; version < 5; version++) {
          publish(version);
          await changed();
        }
      });
    }),
  );
});
