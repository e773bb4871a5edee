// All subjects in all scenarios, again and again.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../src/errors.ts";
import { type BackendServer, startBackendServer } from "./backend-server.ts";
import { measure, type Surroundings, withSubject } from "./lab.ts";
import type { Failure, Sample } from "./measurement.ts";
import { measureRequestCpu } from "./scenarios/request-cpu.ts";
import type { Effort, Scenario } from "./scenarios/scenario.ts";
import { haproxySubject } from "./subjects/haproxy.ts";
import type { Subject } from "./subjects/subject.ts";

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly subjects: readonly Subject[];
  readonly rotations: number;
  readonly effort: Effort;
  readonly folder: string;
  /** Told what is being measured. */
  readonly announce: (text: string) => void;
}

export interface Outcome {
  readonly samples: readonly Sample[];
  readonly failures: readonly Failure[];
}

interface Step {
  readonly scenario: Scenario;
  readonly subject: Subject;
  readonly rotation: number;
}

/** Share of what HAProxy can do at most, at which latency is measured. */
const RATE_SHARE = 0.5;
/** After each subject: what it left in the kernel settles. */
const PAUSE_MS = 200;

export async function runPlan(plan: Plan): Promise<Outcome> {
  const { scenarios, rotations, announce } = plan;
  const surroundings = await openSurroundings(plan);
  const samples: Sample[] = [];
  const failures: Failure[] = [];
  try {
    const present = await startable(plan, surroundings, failures);
    const steps = stepsOf(scenarios, present, rotations);
    for (const [index, { scenario, subject, rotation }] of steps.entries()) {
      const place = { scenario: scenario.name, subject: subject.name };
      announce(`${index + 1}/${steps.length} ${place.scenario} ${place.subject}`);
      try {
        samples.push({ ...place, rotation, readings: await measure(surroundings, scenario, subject) });
      } catch (error) {
        failures.push({ ...place, reason: firstLine(error) });
      }
      await sleep(PAUSE_MS);
    }
  } finally {
    await surroundings.stop();
  }
  return { samples, failures };
}

/** Subjects that are compared run one after the other, in each rotation in another order. */
export function stepsOf(scenarios: readonly Scenario[], subjects: readonly Subject[], rotations: number): Step[] {
  return Array.from({ length: rotations }, (_, rotation) =>
    scenarios.flatMap((scenario) =>
      rotate(subjects.filter(scenario.suits), rotation).map((subject) => ({ scenario, subject, rotation })),
    ),
  ).flat();
}

/** The first `offset` of them go to the end: nobody is always first. */
function rotate<Item>(items: readonly Item[], offset: number): Item[] {
  const start = items.length === 0 ? 0 : offset % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Those that start here; why the others do not is noted once, and not again for each scenario. */
async function startable(plan: Plan, surroundings: Surroundings, failures: Failure[]): Promise<Subject[]> {
  const present: Subject[] = [];
  for (const subject of plan.subjects) {
    plan.announce(`starting ${subject.name}`);
    try {
      await withSubject(surroundings, subject, (lab) => lab.start());
      present.push(subject);
    } catch (error) {
      failures.push({ scenario: undefined, subject: subject.name, reason: firstLine(error) });
    }
  }
  return present;
}

async function openSurroundings(plan: Plan): Promise<Surroundings & Pick<BackendServer, "stop">> {
  const { effort, folder, announce } = plan;
  const backendFolder = join(folder, "backend");
  await mkdir(backendFolder);
  // One server for every number of backends: what is behind a subject must not change with how many there are.
  const most = Math.max(2, ...effort.backendSteps);
  const server: BackendServer = await startBackendServer(backendFolder, most);
  let ratePerS: Promise<number> | undefined;

  async function measureRate(): Promise<number> {
    announce("measuring HAProxy's most");
    const reference = haproxySubject(1, "auto");
    const { requestsPerS } = await withSubject(surroundings, reference, async (lab) =>
      measureRequestCpu(await lab.start(), { ...effort, loadSeconds: Math.max(2, effort.loadSeconds) }, true),
    );
    return Math.round(requestsPerS * RATE_SHARE);
  }

  const surroundings: Surroundings = {
    effort,
    folder,
    backends: server.addresses.slice(0, 2),
    manyBackends: (count) => server.addresses.slice(0, count),
    fixedRatePerS() {
      ratePerS ??= measureRate();
      return ratePerS;
    },
  };
  return { ...surroundings, stop: server.stop };
}

function firstLine(error: unknown): string {
  return messageOf(error).split("\n")[0] ?? "";
}
