import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeFailure, type ExitCode } from "../../../src/cli/failure.ts";
import type { Terminal, TerminalHandlers } from "../../../src/cli/top/terminal.ts";
import { runTop } from "../../../src/cli/top/top.ts";
import { withDeadline } from "../../support/deadline.ts";
import { createFakeSurface, type FakeSurface, type FakeSurfaceOptions } from "../fake-surface.ts";
import { type Answering, type FakeAdmin, problemReply, startFakeAdmin } from "../remote/fake-admin.ts";
import { backendOf, overviewOf, statusOf } from "../remote/figures.ts";

interface FakeTerminal extends Terminal {
  readonly isOpen: boolean;
  type(text: string): void;
  /** The first frame, shown or to come, in which this is. */
  seen(text: string): Promise<void>;
  end(): void;
}

function createFakeTerminal(): FakeTerminal {
  let handlers: TerminalHandlers | undefined;
  let frame = "";
  const waiting = new Set<() => void>();
  return {
    size: { columns: 80, rows: 24 },
    get isOpen() {
      return handlers !== undefined;
    },
    open(given) {
      handlers = given;
    },
    show(lines) {
      frame = lines.join("\n");
      for (const check of waiting) check();
    },
    close() {
      handlers = undefined;
    },
    type: (text) => handlers?.onInput(text),
    end: () => handlers?.onEnd(),
    seen(text) {
      const found = new Promise<void>((resolve) => {
        const check = (): void => {
          if (!frame.includes(text)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
      return withDeadline(found, () => `${text} in\n${frame}`);
    },
  };
}

interface Running {
  readonly admin: FakeAdmin;
  readonly surface: FakeSurface;
  readonly finished: Promise<ExitCode>;
  /** Sends figures again and again, a second apart to whoever reads them, until something else has happened. */
  readonly until: <T>(happened: Promise<T>) => Promise<T>;
}

async function withTop(
  {
    words = [],
    answering = () => undefined,
    ...options
  }: FakeSurfaceOptions & { words?: readonly string[]; answering?: Answering },
  body: (running: Running) => Promise<void>,
): Promise<void> {
  await using admin = await startFakeAdmin(answering);
  const surface = createFakeSurface({
    ...options,
    environment: { LB_TCP_ADMIN: admin.address, ...options.environment },
  });
  const finished = runTop({ words }, surface).catch((error: unknown) => {
    const { text, code } = describeFailure(error);
    surface.complain(text);
    return code;
  });
  let second = 0;
  await body({
    admin,
    surface,
    finished,
    async until(happened) {
      const over = new AbortController();
      void happened.then(
        () => over.abort(),
        () => over.abort(),
      );
      while (!over.signal.aborted) {
        second++;
        const [minutes, seconds] = [Math.floor(second / 60) % 60, second % 60].map((each) =>
          String(each).padStart(2, "0"),
        );
        admin.send("stats", overviewOf({ status: statusOf({ at: `2026-11-21T20:${minutes}:${seconds}.000Z` }) }));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return happened;
    },
  });
}

const terminals = { stdout: true, stderr: true };

describe("lb-tcp top on a terminal", () => {
  it("shows what comes, and leaves at q", async () => {
    const terminal = createFakeTerminal();
    await withTop({ terminal, terminals }, async ({ until, finished, surface }) => {
      await until(terminal.seen("web/b1"));
      terminal.type("q");
      assert.equal(await finished, 0);
      assert.deepEqual([terminal.isOpen, surface.printed(), surface.complained()], [false, "", ""]);
    });
  });

  it("drains what is selected after a question, and says what came of it", async () => {
    const terminal = createFakeTerminal();
    const answering: Answering = ({ method }) =>
      method === "PATCH" ? { body: { pool: "web", backend: backendOf("b2"), left: 0 } } : undefined;
    await withTop({ terminal, terminals, answering }, async ({ until, finished, admin }) => {
      await until(terminal.seen("web/b2"));
      terminal.type("jjd");
      await terminal.seen("Put web/b2 into drain?");
      terminal.type("y");
      await terminal.seen("web/b2: drain");
      const [patch] = admin.asked.filter(({ method }) => method === "PATCH");
      assert.deepEqual([patch?.path, patch?.body], ["/pools/web/backends/b2", { state: "drain" }]);
      terminal.type("q");
      await finished;
    });
  });

  it("says why a change was refused, and goes on", async () => {
    const terminal = createFakeTerminal();
    const answering: Answering = ({ method }) => (method === "PATCH" ? problemReply(401, "no token") : undefined);
    await withTop({ terminal, terminals, answering }, async ({ until, finished }) => {
      await until(terminal.seen("web/b1"));
      terminal.type("jr");
      await terminal.seen("no token; give its token: --admin-token-file FILE");
      terminal.type("q");
      assert.equal(await finished, 0);
    });
  });

  it("shows that the connection was lost, and goes on when it is back", async () => {
    const terminal = createFakeTerminal();
    await withTop({ terminal, terminals }, async ({ until, finished, admin }) => {
      await until(terminal.seen("running"));
      admin.breakOff();
      await terminal.seen("connection lost");
      await until(terminal.seen("running"));
      terminal.type("q");
      await finished;
    });
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    it(`gives the terminal back at ${signal}`, async () => {
      const terminal = createFakeTerminal();
      await withTop({ terminal, terminals }, async ({ until, finished, surface }) => {
        await until(terminal.seen("web/b1"));
        surface.events.emit(signal);
        assert.equal(await finished, 0);
        assert.equal(terminal.isOpen, false);
        assert.deepEqual(surface.events.eventNames(), []);
      });
    });
  }

  it("gives the terminal back before it says what has gone wrong", async () => {
    const terminal = createFakeTerminal();
    await withTop({ terminal, terminals }, async ({ until, finished, surface }) => {
      await until(terminal.seen("web/b1"));
      surface.events.emit("uncaughtException", new Error("a bug"));
      assert.equal(await finished, 1);
      assert.equal(terminal.isOpen, false);
      assert.equal(surface.complained(), "lb-tcp: internal error: a bug; please report it\n");
    });
  });

  it("leaves when the terminal has gone", async () => {
    const terminal = createFakeTerminal();
    await withTop({ terminal, terminals }, async ({ until, finished }) => {
      await until(terminal.seen("web/b1"));
      terminal.end();
      assert.equal(await finished, 0);
    });
  });

  it("does not take the terminal over where nobody answers, or it is refused", async () => {
    const terminal = createFakeTerminal();
    await withTop({ terminal, terminals, environment: { LB_TCP_ADMIN: "unix:/nowhere/x.sock" } }, async (running) => {
      assert.equal(await running.finished, 1);
      assert.match(
        running.surface.complained(),
        /^lb-tcp: unix:\/nowhere\/x\.sock: there is no such socket; is lb-tcp/,
      );
    });
    await withTop({ terminal, terminals, answering: () => problemReply(401, "no token") }, async (running) => {
      assert.equal(await running.finished, 2);
    });
    assert.equal(terminal.isOpen, false);
  });
});

describe("lb-tcp top where there is no terminal", () => {
  it("prints a block for each figure", async () => {
    await withTop({}, async ({ until, finished, surface }) => {
      await until(surface.seen(/^lb-tcp 0\.1\.0.*\n[^]*\n\nlb-tcp 0\.1\.0/));
      assert.ok(!surface.printed().includes("\u001b"));
      surface.events.emit("SIGINT");
      assert.equal(await finished, 0);
    });
  });

  it("prints one block with --once, also on a terminal", async () => {
    const terminal = createFakeTerminal();
    await withTop({ words: ["--once"], terminal }, async ({ until, finished, surface }) => {
      assert.equal(await until(finished), 0);
      assert.equal(surface.printed().match(/^lb-tcp/gm)?.length, 1);
    });
  });

  it("says on stderr that the connection was lost", async () => {
    await withTop({}, async ({ until, finished, surface, admin }) => {
      await until(surface.seen(/web\/b1/));
      admin.breakOff();
      await surface.seen(/lb-tcp: 127\.0\.0\.1:\d+: it closed the connection; trying again\n/);
      surface.events.emit("SIGTERM");
      await finished;
    });
  });

  for (const [words, complained] of [
    [["web"], /^lb-tcp: web: lb-tcp top takes flags only; leave it out\n$/],
    [["--interval=5"], /^lb-tcp: --interval: "5" has no unit/],
    [["--onec"], /^lb-tcp: --onec: unknown flag of lb-tcp top; did you mean --once\?\n$/],
  ] as const) {
    it(`says what is wrong with ${words.join(" ")}`, async () => {
      await withTop({ words }, async ({ finished, surface }) => {
        assert.equal(await finished, 2);
        assert.match(surface.complained(), complained);
      });
    });
  }
});
