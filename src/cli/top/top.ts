// `lb-tcp top`: a running lb-tcp, live.

import type { BackendAnswer } from "../../admin/answers.ts";
import { parseDuration } from "../../config/duration.ts";
import { configError, messageOf, type Problem } from "../../errors.ts";
import type { Run } from "../command-line.ts";
import { fail, failureTexts, paletteOf } from "../ctl/errand.ts";
import { backendPath } from "../ctl/identity.ts";
import { type ExitCode, line } from "../failure.ts";
import { parseArguments } from "../remote/arguments.ts";
import { type Followed, follow } from "../remote/follow.ts";
import { readPlace } from "../remote/place.ts";
import { createRemote, type Remote } from "../remote/remote.ts";
import type { Surface } from "../surface.ts";
import { paintLine, paintLines } from "../text/line.ts";
import { wordProblem } from "../word-problem.ts";
import { topFlags } from "./help.ts";
import { keysIn } from "./keys.ts";
import { type Effect, type Happening, initialState, step, type Wanted } from "./state.ts";
import type { Terminal } from "./terminal.ts";
import { blockLines, pageRows, screenLines } from "./view.ts";

const REDRAW_MS = 1_000;

/**
 * Runs until the user leaves, or a signal comes.
 * @returns 0 then, 1 when nobody answers, 2 when it was refused.
 * @throws LbError `LB_CONFIG`
 */
export async function runTop(run: Pick<Run, "words">, surface: Surface): Promise<ExitCode> {
  const given = parseArguments(run.words, () => ({ flags: topFlags, asker: "lb-tcp top" }), topFlags);
  const problems: Problem[] = [
    ...given.problems,
    ...given.words.map((word) => wordProblem(word, "lb-tcp top takes flags only; leave it out")),
  ];
  const interval = given.flags["interval"] === undefined ? { value: 0 } : parseDuration(given.flags["interval"]);
  if ("problem" in interval) problems.push({ path: "--interval", message: interval.problem });
  const place = readPlace(given, surface.environment, problems);
  if (place === undefined || problems.length > 0) throw configError(problems);
  const remote = createRemote(place, surface.clock);
  const isOnce = given.flags["once"] !== undefined;
  const isPlain = isOnce || given.flags["plain"] !== undefined || given.flags["interval"] !== undefined;
  const isDumb = surface.environment["TERM"] === "dumb";
  if (surface.terminal !== undefined && !isPlain && !isDumb) return showScreen(remote, surface, surface.terminal);
  return printBlocks(remote, surface, { isOnce, intervalMs: "value" in interval ? interval.value : 0 });
}

/** What both forms have: the signals that end it, and the events. */
function watch(
  { remote, surface }: { readonly remote: Remote; readonly surface: Surface },
  onFollowed: (followed: Followed, finish: (code: ExitCode) => void) => void,
): { readonly finished: Promise<ExitCode>; finish(code: ExitCode): void; stop(): void } {
  let finish = (_code: ExitCode): void => {};
  const finished = new Promise<ExitCode>((resolve) => {
    finish = resolve;
  });
  const leave = (): void => finish(0);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) surface.events.on(signal, leave);
  const unfollow = follow({ remote, clock: surface.clock, onFollowed: (followed) => onFollowed(followed, finish) });
  return {
    finished,
    finish,
    stop() {
      unfollow();
      for (const signal of signals) surface.events.removeListener(signal, leave);
    },
  };
}

interface BlockOptions {
  readonly isOnce: boolean;
  readonly intervalMs: number;
}

async function printBlocks(remote: Remote, surface: Surface, { isOnce, intervalMs }: BlockOptions): Promise<ExitCode> {
  const { clock } = surface;
  let state = initialState;
  let lastMs = Number.NEGATIVE_INFINITY;
  const watched = watch({ remote, surface }, (followed, finish) => {
    if (followed.kind === "refused") return finish(fail({ surface, remote }, followed.failure));
    if (followed.kind === "lost") {
      if (state.connection.kind === "connecting") {
        return finish(fail({ surface, remote }, { kind: "unreachable", reason: followed.reason }));
      }
      if (state.connection.kind === "live") {
        surface.complain(line(`${remote.place.text}: ${followed.reason}; trying again`));
      }
    }
    state = step(state, followed, clock.nowMs()).state;
    // Figures are a few milliseconds early or late.
    const isDue = clock.nowMs() - lastMs >= intervalMs - REDRAW_MS / 2;
    if (followed.kind !== "event" || followed.event !== "stats" || state.rates === undefined || !isDue) return;
    const isFirst = lastMs === Number.NEGATIVE_INFINITY;
    lastMs = clock.nowMs();
    const block = paintLines(blockLines(state, clock.nowMs(), remote.place.text), paletteOf(surface));
    surface.print(isFirst ? block : `\n${block}`);
    if (isOnce) return finish(0);
    void surface.flushed().then((isRead) => {
      if (!isRead) finish(0);
    });
  });
  try {
    return await watched.finished;
  } finally {
    watched.stop();
  }
}

async function showScreen(remote: Remote, surface: Surface, terminal: Terminal): Promise<ExitCode> {
  const { clock, events } = surface;
  const palette = paletteOf(surface);
  let state = initialState;
  let isOpen = false;
  const watched = watch({ remote, surface }, (followed, finish) => {
    // Until it has answered once there is nothing to show.
    if (!isOpen && followed.kind === "lost") {
      return finish(fail({ surface, remote }, { kind: "unreachable", reason: followed.reason }));
    }
    if (followed.kind === "refused") {
      terminal.close();
      return finish(fail({ surface, remote }, followed.failure));
    }
    if (!isOpen) open();
    happen(followed);
  });
  let redraw = clock.setTimer(tick, REDRAW_MS);
  let failure: unknown;
  const onUncaught = (error: unknown): void => {
    failure = error;
    watched.finish(1);
  };
  events.on("uncaughtException", onUncaught);
  try {
    return await watched.finished;
  } finally {
    events.removeListener("uncaughtException", onUncaught);
    redraw.cancel();
    watched.stop();
    terminal.close();
    // Said where it can be read.
    if (failure !== undefined) surface.complain(line(`internal error: ${messageOf(failure)}; please report it`));
  }

  function open(): void {
    isOpen = true;
    terminal.open({
      onInput(text) {
        for (const key of keysIn(text)) happen({ kind: "key", key, page: pageRows(terminal.size) });
      },
      onResize: draw,
      onEnd: () => watched.finish(0),
    });
  }

  /** While nobody answers, time goes on all the same. */
  function tick(): void {
    draw();
    redraw = clock.setTimer(tick, REDRAW_MS);
  }

  function happen(happening: Happening): void {
    const next = step(state, happening, clock.nowMs());
    state = next.state;
    if (next.effect !== undefined) act(next.effect);
    draw();
  }

  function draw(): void {
    if (!isOpen) return;
    const lines = screenLines(state, terminal.size, clock.nowMs(), remote.place.text);
    terminal.show(lines.map((each) => paintLine(each, palette)));
  }

  function act(effect: Effect): void {
    if (effect.kind === "quit") watched.finish(0);
    else void set(effect.wanted);
  }

  async function set({ pool, backend, state: wanted }: Wanted): Promise<void> {
    const identity = { pool, backend, text: `${pool}/${backend}` };
    const answer = await remote.ask<BackendAnswer>({
      method: "PATCH",
      path: backendPath(identity),
      body: { state: wanted },
    });
    const isGood = answer.kind === "answer";
    const text = isGood ? `${identity.text}: ${wanted}` : failureTexts(remote, answer).join("; ");
    happen({ kind: "told", text, isGood });
  }
}
