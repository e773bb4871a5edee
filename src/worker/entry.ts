// Where the thread of a worker begins.

import { BroadcastChannel, type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { systemClock, systemRandom } from "../clock.ts";
import { ringBell } from "../transport/linux/bell.ts";
import { DescriptorTable } from "../transport/linux/descriptor-table.ts";
import { createLinuxTransport } from "../transport/linux/transport.ts";
import { createNetTransport } from "../transport/net/transport.ts";
import type { Assignment } from "./assignment.ts";
import { runLoop } from "./loop.ts";
import type { FromWorker, ToWorker } from "./message.ts";
import { TurnClock } from "./turn-clock.ts";
import { createWorker, type Worker, type WorkerWorld } from "./worker.ts";

const assignment: Assignment = workerData;
if (parentPort !== null) {
  if (assignment.bell === undefined) runOnNode(parentPort);
  else runAlone(parentPort, assignment.bell);
}

/** On the net transport: in Node's own loop. */
function runOnNode(port: MessagePort): void {
  const transport = createNetTransport(systemClock);
  // A worker has no bell that another could ring without the main thread, and a message to all finds a successor, too.
  const others = new BroadcastChannel(`lb-tcp queues ${assignment.instance}`);
  others.unref();
  const ring = (other: number): void => {
    if (other === assignment.worker) transport.afterInput(() => worker.serveQueues());
    else others.postMessage(other);
  };
  const worker: Worker = start(port, { clock: systemClock, transport, accept: undefined, ring });
  others.onmessage = ({ data }) => {
    if (data === assignment.worker) worker.serveQueues();
  };
  // Node would close what is open in order: a stream that was cut off would look like a complete one.
  process.on("uncaughtExceptionMonitor", () => worker.drop());
  port.on("message", (message: ToWorker) => {
    worker.handle(message);
    if (!worker.isStopped) return;
    worker.leave();
    // Without it nothing holds the thread but connections that are on their way out.
    port.close();
    others.close();
  });
}

/** On the linux transport: in a loop that does not come back before the end. */
function runAlone(port: MessagePort, bell: number): void {
  const clock = new TurnClock(systemClock);
  const transport = createLinuxTransport({
    clock,
    onAwake: () => clock.refresh(),
    onBug: (error) => worker.failedInternally(error),
    descriptors: new DescriptorTable(0, assignment.memory.descriptors),
  });
  const ring = (other: number): void => {
    const otherBell = assignment.bells[other];
    if (otherBell !== undefined) ringBell(otherBell);
  };
  const worker: Worker = start(port, { clock, transport, accept: transport.accept.bind(transport), ring });
  // A transport keeps what a callback throws from the loop. What a message does must not fail, so here it ends the worker.
  let failure: { readonly error: unknown } | undefined;
  transport.watchBell(bell, () => {
    // Its type is any: whatever was posted.
    try {
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        worker.handle(next.message);
      }
      worker.serveQueues();
    } catch (error) {
      failure = { error };
    }
  });
  const turn = (maxWaitMs: number): void => {
    transport.turn(maxWaitMs);
    if (failure !== undefined) throw failure.error;
  };
  runLoop({ clock, transport: { turn }, worker });
  transport.close();
}

function start(port: MessagePort, world: Omit<WorkerWorld, "random" | "post">): Worker {
  const post = (message: FromWorker): void => port.postMessage(message);
  const worker = createWorker(assignment, { ...world, random: systemRandom, post });
  post({ kind: "ready" });
  return worker;
}
