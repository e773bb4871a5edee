// A data plane in a thread of its own: the parts over the shared memory, and what each message does. It never throws
// for a message: what fails is answered.

import { BackendShare } from "../backend/share.ts";
import { BackendTable, TABLE_ROWS } from "../backend/table.ts";
import { createPolicy } from "../balance/policies.ts";
import type { Clock, Random } from "../clock.ts";
import { messageOf, systemCode } from "../errors.ts";
import { LogRing } from "../observe/ring.ts";
import { Admission } from "../session/admission.ts";
import { Counters } from "../session/counters.ts";
import { SessionTable } from "../session/session-table.ts";
import type { ListenerHandler, SocketOptions, Transport, TransportListener } from "../transport/transport.ts";
import type { SocketAddress } from "../wire/address.ts";
import type { Assignment } from "./assignment.ts";
import { Heart } from "./heart.ts";
import type { FromWorker, Question, ToWorker } from "./message.ts";
import { Plane } from "./plane.ts";
import { Pulse } from "./pulse.ts";
import { createWorkerReports } from "./reports.ts";
import { abortChosen } from "./session-choice.ts";
import { Words } from "./words.ts";

/** Accepts from a socket that belongs to somebody else. */
export type Accept = (
  descriptor: number,
  address: SocketAddress,
  options: SocketOptions,
  handler: ListenerHandler,
  isInherited?: boolean,
) => TransportListener;

/** What a worker lives in. */
export interface WorkerWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  /** Undefined where the transport has to listen by itself. */
  readonly accept: Accept | undefined;
  readonly post: (message: FromWorker) => void;
  /** Has a worker, this one included, call `serveQueues`; not within the call. */
  readonly ring: (worker: number) => void;
}

export interface Worker {
  /** The control plane wants it to go. */
  readonly isStopped: boolean;
  readonly isEmpty: boolean;
  handle(message: ToWorker): void;
  /** Its bell has rung: somebody may have a place that waited for one. */
  serveQueues(): void;
  /** A bug was found outside of any session. */
  failedInternally(error: unknown): void;
  /** Stops accepting and resets what is left. */
  leave(): void;
  /** Resets what is left, of a thread that is about to die of a bug. */
  drop(): void;
}

/** A worker over the memory of `assignment`, which may be what a predecessor has left. */
export function createWorker(assignment: Assignment, world: WorkerWorld): Worker {
  const { memory, worker, instance, sessionLimit, log } = assignment;
  const { clock, random, transport, accept, post, ring } = world;
  const words = new Words(memory.words);
  const reports = createWorkerReports({ clock, log, ring: new LogRing(memory.ring), words, post });
  const heart = new Heart(clock, new Pulse(memory.pulse));
  const plane = new Plane({
    worker,
    instance,
    transport,
    clock,
    random,
    ring,
    table: new BackendTable(memory.table, new BackendShare(TABLE_ROWS, memory.backendShare)),
    counters: new Counters(TABLE_ROWS, memory.counters),
    admission: new Admission(sessionLimit, memory.admission, memory.admissionShare),
    sessions: new SessionTable(sessionLimit, memory.sessions),
    reports,
    onTick: (lateMs) => heart.late(lateMs),
    // Functions do not come here: the configuration refuses them.
    createPolicy: ({ policy }) =>
      createPolicy(policy === "function" ? "least-connections" : policy, { random, rotation: worker }),
  });

  function answer(request: number, question: Question): void {
    const done = (count = 0): void => post({ kind: "answered", request, answer: { kind: "done", count } });
    const failed = (error: unknown): void =>
      post({
        kind: "answered",
        request,
        answer: { kind: "failed", message: messageOf(error), code: systemCode(error) },
      });
    try {
      switch (question.kind) {
        case "listen": {
          const { door, listener, address, dualStack, inherited } = question;
          if (plane.hasDoor(door)) break;
          const how =
            inherited === undefined
              ? { dualStack, reusePort: address.kind === "ip" }
              : { dualStack, descriptor: inherited };
          // On the net transport only, where promises go on.
          void plane.listen(door, listener, address, how).then(() => done(), failed);
          return;
        }
        case "accept":
          acceptFrom(question);
          break;
        case "stop-accepting":
          plane.stopAccepting(question.doors === "all" ? undefined : question.doors);
          break;
        case "settle":
          break;
        case "abort":
          done(abortChosen(plane, question.end, question.which));
          return;
        case "when-empty":
          plane.whenEmpty(done);
          return;
      }
      done();
    } catch (error) {
      failed(error);
    }
  }

  function acceptFrom({
    door,
    listener,
    address,
    descriptor,
    isInherited,
  }: Extract<Question, { kind: "accept" }>): void {
    if (accept === undefined) throw new Error(`the ${transport.kind} transport listens by itself`);
    if (plane.hasDoor(door)) return;
    plane.accept(door, listener, (options, handler) => accept(descriptor, address, options, handler, isInherited));
  }

  heart.start();
  return {
    get isStopped() {
      return words.isStopped;
    },
    get isEmpty() {
      return plane.sessionCount === 0;
    },
    handle(message) {
      switch (message.kind) {
        case "apply":
          plane.apply(message.snapshot);
          post({ kind: "acknowledged", version: plane.version });
          break;
        case "assign":
          plane.assign(message.door, message.listener);
          break;
        case "ask":
          answer(message.request, message.question);
          break;
        case "look-after-queues":
          plane.lookAfterQueues();
          break;
        case "stop":
          break;
      }
    },
    serveQueues: () => plane.serveQueues(),
    failedInternally: (error) => reports.failedInternally(error),
    drop() {
      heart.stop();
      plane.abort("worker-failed");
    },
    leave() {
      heart.stop();
      plane.stopAccepting();
      plane.abort("shutdown");
      reports.close();
    },
  };
}
