import type { ProbeStep } from "../config/config.ts";
import { formatEscapes } from "../config/escapes.ts";
import { EXPECT_REGEX } from "../config/probe-schema.ts";
import { BoundedRegex } from "../route/bounded-regex.ts";
import { quote } from "../wire/quote.ts";
import type { Conversation, ProbeLine } from "./connection.ts";
import { failed, OK } from "./result.ts";

/** What a backend may say in all. */
const MOST_BYTES = 65_536;
/** As much of an answer as is shown. */
const MOST_SHOWN_BYTES = 60;

type Expectation = Exclude<ProbeStep, { readonly kind: "send" }>;

/** What has come and was not expected yet: how much of it a step takes. */
interface Match {
  /** @returns the end of the match in `all`, or whether there can still be one; `from` is where it was before. */
  look(all: Buffer, from: number): number | "not yet" | "never";
}

/** Patterns are made once for each configuration. */
const patterns = new WeakMap<ProbeStep, BoundedRegex>();

/** Sends and expects, step by step. Each looks at what comes after what the one before it has found. */
export function follow(steps: readonly ProbeStep[]): Conversation {
  return (line) => new Run(steps, line).begin();
}

class Run {
  readonly #steps: readonly ProbeStep[];
  readonly #line: ProbeLine;
  #next = 0;
  #match: Match | undefined;
  #unread: Buffer = Buffer.alloc(0);
  #byteCount = 0;

  constructor(steps: readonly ProbeStep[], line: ProbeLine) {
    this.#steps = steps;
    this.#line = line;
  }

  begin(): void {
    const { stream } = this.#line;
    stream.on("data", (chunk: Buffer) => this.#hear(chunk));
    stream.once("end", () => {
      if (this.#next < this.#steps.length)
        this.#fail(`it closed the connection before step ${this.#next + 1} was answered`);
    });
    this.#go(0);
  }

  #hear(chunk: Buffer): void {
    const before = this.#unread.length;
    const room = MOST_BYTES - this.#byteCount;
    this.#byteCount += chunk.length;
    this.#unread = Buffer.concat([this.#unread, chunk.subarray(0, room)]);
    this.#go(before);
    if (this.#byteCount >= MOST_BYTES && this.#next < this.#steps.length) {
      this.#fail(`the first ${MOST_BYTES} bytes of its answer do not hold what step ${this.#next + 1} expects`);
    }
  }

  /** @param from What of `#unread` was there before. */
  #go(from: number): void {
    let looked = from;
    for (let step = this.#steps[this.#next]; step !== undefined; step = this.#steps[this.#next]) {
      if (step.kind === "send") {
        this.#line.stream.write(step.bytes);
      } else {
        this.#match ??= matchOf(step);
        const end = this.#match.look(this.#unread, looked);
        if (end === "not yet") return this.#line.waitFor(this.#awaited(step));
        if (end === "never") return this.#fail(this.#unexpected(step));
        this.#unread = this.#unread.subarray(end);
        this.#match = undefined;
        looked = 0;
      }
      this.#next++;
    }
    this.#line.leave(OK);
  }

  #awaited(step: Expectation): string {
    const number = this.#next + 1;
    if (this.#unread.length === 0) return `answer to step ${number}`;
    return `${expectedText(step)} in the answer ${this.#shown()} to step ${number}`;
  }

  #unexpected(step: Expectation): string {
    return `step ${this.#next + 1}: answered ${this.#shown()}, expected ${expectedText(step)}`;
  }

  #shown(): string {
    return quote(this.#unread.toString("latin1", 0, MOST_SHOWN_BYTES));
  }

  #fail(reason: string): void {
    this.#next = this.#steps.length;
    this.#line.leave(failed(reason));
  }
}

function expectedText(step: Expectation): string {
  return step.kind === "expect" ? `"${formatEscapes(step.bytes)}"` : `/${step.source}/`;
}

function matchOf(step: Expectation): Match {
  if (step.kind === "expect") {
    const { bytes } = step;
    return {
      look(all, from) {
        const at = all.indexOf(bytes, Math.max(from - bytes.length + 1, 0));
        return at < 0 ? "not yet" : at + bytes.length;
      },
    };
  }
  const stream = patternOf(step).stream();
  return {
    look(all, from) {
      const found = stream.take(all.subarray(from));
      return typeof found === "number" ? from + found : found;
    },
  };
}

function patternOf(step: Extract<ProbeStep, { readonly kind: "expect-regex" }>): BoundedRegex {
  const known = patterns.get(step);
  if (known !== undefined) return known;
  const pattern = new BoundedRegex(step.source, EXPECT_REGEX);
  patterns.set(step, pattern);
  return pattern;
}
