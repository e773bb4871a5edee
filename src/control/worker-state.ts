// What a worker has in memory, and its successor after it, as the control plane sees it.

import { BackendShare } from "../backend/share.ts";
import { type BackendTable, TABLE_ROWS } from "../backend/table.ts";
import { createRingMemory, LogRing } from "../observe/ring.ts";
import { type Admission, createAdmissionShare } from "../session/admission.ts";
import { Counters } from "../session/counters.ts";
import { SessionTable } from "../session/session-table.ts";
import { DescriptorTable } from "../transport/linux/descriptor-table.ts";
import type { WorkerMemory } from "../worker/assignment.ts";
import { Pulse } from "../worker/pulse.ts";
import { Words } from "../worker/words.ts";

export interface WorkerState {
  readonly memory: WorkerMemory;
  readonly backendShare: BackendShare;
  readonly admissionShare: SharedArrayBuffer;
  readonly counters: Counters;
  readonly sessions: SessionTable;
  readonly ring: LogRing;
  readonly words: Words;
  readonly pulse: Pulse;
  readonly descriptors: DescriptorTable;
}

/** What all workers share. */
export interface CommonState {
  readonly table: BackendTable;
  readonly admission: Admission;
  readonly sessionLimit: number;
  /** The most that a worker can have open; Infinity where nobody limits it. */
  readonly descriptorLimit: number;
}

/** Descriptors of a process at most, unless somebody has raised it (fs.nr_open). */
const MOST_DESCRIPTORS: number = 2 ** 20;

/** Fresh memory for one worker. Pages that are not touched cost address space only. */
export function createWorkerState({ table, admission, sessionLimit, descriptorLimit }: CommonState): WorkerState {
  const backendShare = new BackendShare(TABLE_ROWS);
  const admissionShare = createAdmissionShare();
  const counters = new Counters(TABLE_ROWS);
  const sessions = new SessionTable(sessionLimit);
  const ring = new LogRing(createRingMemory());
  const words = new Words();
  const pulse = new Pulse();
  const descriptors = new DescriptorTable(Math.min(descriptorLimit, MOST_DESCRIPTORS));
  const memory = {
    table: table.memory,
    admission: admission.memory,
    backendShare: backendShare.memory,
    admissionShare,
    counters: counters.memory,
    sessions: sessions.memory,
    ring: ring.memory,
    words: words.memory,
    pulse: pulse.memory,
    descriptors: descriptors.memory,
  };
  return { memory, backendShare, admissionShare, counters, sessions, ring, words, pulse, descriptors };
}
