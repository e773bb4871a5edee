// One scenario with one subject, and everything that it needs around it, which ends with it.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../src/errors.ts";
import { type LoadProcess, startLoadProcess } from "./load/load-process.ts";
import type { Readings } from "./measurement.ts";
import type { Effort, Lab, Scenario } from "./scenarios/scenario.ts";
import type { RunningSubject, Setup, Subject } from "./subjects/subject.ts";

/** Characters of what a subject said that go into the table. */
const LONGEST_WORDS = 200;
const LAST_WORDS_MS = 200;

/** What all measurements of a run share. */
export interface Surroundings extends Pick<Lab, "backends" | "fixedRatePerS" | "manyBackends"> {
  readonly effort: Effort;
  readonly folder: string;
}

/** @throws Error with the reason when the subject does not start or the scenario can't be measured */
export async function measure(surroundings: Surroundings, scenario: Scenario, subject: Subject): Promise<Readings> {
  return withSubject(surroundings, subject, (lab) => scenario.measure(lab));
}

/** Runs `work` with a lab whose subject is this one. */
export async function withSubject<Result>(
  { folder, ...shared }: Surroundings,
  subject: Subject,
  work: (lab: Lab) => Promise<Result>,
): Promise<Result> {
  const started: (RunningSubject | LoadProcess)[] = [];
  let running: RunningSubject | undefined;
  // One of its own: HAProxy may be asked for its most while another one waits to be measured.
  const own = await mkdtemp(join(folder, `${subject.name}-`));
  await chmod(own, 0o755);
  const setup: Setup = { backends: shared.backends, folder: own };
  try {
    return await work({
      ...shared,
      async start(changes = {}) {
        running = await subject.start({ ...setup, ...changes });
        started.push(running);
        return running;
      },
      startLoad(module) {
        const load = startLoadProcess(module);
        started.push(load);
        return load;
      },
    });
  } catch (error) {
    // It may be about to say why it ends.
    await sleep(LAST_WORDS_MS);
    const words = running?.lastWords() ?? "";
    throw words === ""
      ? error
      : new Error(`${messageOf(error)}; it said: ${words.slice(-LONGEST_WORDS)}`, { cause: error });
  } finally {
    // Clients first: a balancer with live sessions takes its time.
    for (const each of started.toReversed()) await each.stop();
    await rm(own, { recursive: true, force: true });
  }
}
