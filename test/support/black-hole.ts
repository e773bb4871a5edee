import { once } from "node:events";
import { createServer } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { withDeadline } from "./deadline.ts";
import { connectPeer, type Peer } from "./peer.ts";

/** An address where dials are neither taken nor refused. */
export interface BlackHole extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const BACKLOG = 1;
// Linux takes one connection more than the backlog says, and from then on drops each SYN (tcp_abort_on_overflow=0).
const FILLING = BACKLOG + 1;
const ROLE = "black hole";

/**
 * Nobody accepts, because the thread that listens sleeps, and the queue of the socket is full: a SYN stays unanswered. A
 * thread rather than a process, so that it can't outlive the tests. Linux only.
 */
export async function startBlackHole(): Promise<BlackHole> {
  const awake = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { role: ROLE, awake } });
  const exited = once(worker, "exit");
  const [port] = await withDeadline(once(worker, "message"), () => "the listening thread");
  if (typeof port !== "number") throw new TypeError(`the listening thread says ${String(port)}, not a port`);
  const queued: Peer[] = [];
  for (let count = 0; count < FILLING; count++) queued.push(await connectPeer({ host: HOST, port }));
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    Atomics.store(awake, 0, 1);
    Atomics.notify(awake, 0);
    for (const peer of queued) peer.reset();
    await withDeadline(
      Promise.all([exited, ...queued.map((peer) => peer.closed())]),
      () => "the listening thread to end",
    );
  }

  const blackHole: BlackHole = {
    host: HOST,
    port,
    address: `${HOST}:${port}`,
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => blackHole.close(),
  };
  return blackHole;
}

/** In the thread: listens, says where, and sleeps until it is woken. */
function listenAsleep(awake: Int32Array): void {
  const server = createServer();
  server.listen({ host: HOST, port: 0, backlog: BACKLOG }, () => {
    const address = server.address();
    parentPort?.postMessage(typeof address === "object" && address !== null ? address.port : undefined);
    Atomics.wait(awake, 0, 0);
    server.close();
  });
}

if (!isMainThread) {
  const data: unknown = workerData;
  if (typeof data === "object" && data !== null && "role" in data && data.role === ROLE && "awake" in data) {
    if (data.awake instanceof Int32Array) listenAsleep(data.awake);
  }
}
