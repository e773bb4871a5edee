// `lb-tcp ctl …` within the test, against an admin address that is made up.

import { runControl } from "../../../src/cli/ctl/ctl.ts";
import { describeFailure, type ExitCode } from "../../../src/cli/failure.ts";
import { createFakeSurface, type FakeSurface, type FakeSurfaceOptions } from "../fake-surface.ts";
import { type Answering, type Asked, type FakeAdmin, type FakeReply, startFakeAdmin } from "../remote/fake-admin.ts";

export interface Told {
  readonly code: ExitCode;
  readonly printed: string;
  readonly complained: string;
  readonly asked: readonly Asked[];
}

export interface TellOptions extends FakeSurfaceOptions {
  /** Called when it has begun. */
  readonly meanwhile?: (surface: FakeSurface, admin: FakeAdmin) => void | Promise<void>;
}

/** @param line What follows `lb-tcp ctl`. */
export async function tell(line: string, answering: Answering, options: TellOptions = {}): Promise<Told> {
  await using admin = await startFakeAdmin(answering);
  const surface = createFakeSurface({
    ...options,
    environment: { LB_TCP_ADMIN: admin.address, ...options.environment },
  });
  const running = run(line.split(" "), surface);
  await options.meanwhile?.(surface, admin);
  const code = await running;
  return { code, printed: surface.printed(), complained: surface.complained(), asked: admin.asked };
}

async function run(words: readonly string[], surface: FakeSurface): Promise<ExitCode> {
  try {
    return await runControl({ words }, surface);
  } catch (error) {
    const { text, code } = describeFailure(error);
    surface.complain(text);
    return code;
  }
}

/** Answers by method and path, the query aside. */
export function answers(replies: Readonly<Record<string, unknown>>): Answering {
  return ({ method, path }) => {
    const found = replies[`${method} ${path.split("?", 1)[0]}`];
    if (found === undefined) return undefined;
    return isReply(found) ? found : { body: found };
  };
}

function isReply(found: unknown): found is FakeReply {
  return typeof found === "object" && found !== null && "status" in found && "type" in found;
}

/** As a list has it. */
export function pageOf<Item>(...items: readonly Item[]): { readonly items: readonly Item[]; readonly cursor: null } {
  return { items, cursor: null };
}
