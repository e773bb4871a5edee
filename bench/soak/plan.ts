// What sessions do, drawn at random. Pure but for the random numbers it is given.

import { ENDLESS, type Header } from "./header.ts";

/**
 * What the client does. `send`: everything, then FIN. `reset`: after a while. `finish-and-reset`: the same, after its FIN.
 * `stall`: stops reading after a while, and resets later. `leave`: FIN at once, and then nothing but waiting to be closed.
 */
export type ClientAct = "send" | "reset" | "finish-and-reset" | "stall" | "leave";

export interface SessionPlan {
  readonly kind: string;
  readonly header: Omit<Header, "seed">;
  readonly clientAct: ClientAct;
  /** From the connection to the act, where it is not `send`. */
  readonly clientDelayMs: number;
}

const SMALL_BYTES = 2 * 1024;
/** One of a hundred: not all that is short fits into one buffer. */
const LARGE_BYTES = 300 * 1024;
const LARGE_SHARE = 0.01;
/** A splice begins after some full buffers, and is then interrupted at any point. */
const LONGEST_BULK_MS = 50;
const LONGEST_SMALL_MS = 25;

type Draw = (random: () => number) => SessionPlan;

/** Everything arrives on both sides, and both end in order. */
export function drawShort(random: () => number): SessionPlan {
  const bytes = (): number => whole(random, random() < LARGE_SHARE ? LARGE_BYTES : SMALL_BYTES);
  return { kind: "short", header: server(bytes(), bytes()), clientAct: "send", clientDelayMs: 0 };
}

/** One of the ways in which a session does not end in order, all as frequent. */
export function drawAborted(random: () => number): SessionPlan {
  const draw = aborts[whole(random, aborts.length)];
  if (draw === undefined) throw new Error("random numbers are below 1");
  return draw(random);
}

const aborts: readonly Draw[] = [
  () => ({ kind: "reset at once", header: server(0, 0), clientAct: "reset", clientDelayMs: 0 }),
  (random) => client("reset while small", "reset", random, server(SMALL_BYTES, SMALL_BYTES, "stall"), LONGEST_SMALL_MS),
  (random) => client("reset while bulk both ways", "reset", random, server(ENDLESS, ENDLESS), LONGEST_BULK_MS),
  (random) => client("reset while bulk up", "reset", random, server(ENDLESS, 0), LONGEST_BULK_MS),
  (random) => client("reset while bulk down", "reset", random, server(0, ENDLESS), LONGEST_BULK_MS),
  (random) => client("reset under backpressure", "stall", random, server(ENDLESS, ENDLESS), LONGEST_BULK_MS),
  (random) => {
    const stalling = server(ENDLESS, ENDLESS, "stall", whole(random, LONGEST_BULK_MS));
    return client("reset while the server stalls", "reset", random, stalling, 2 * LONGEST_BULK_MS);
  },
  (random) =>
    waiting("server resets while small", server(SMALL_BYTES, SMALL_BYTES, "reset", whole(random, LONGEST_SMALL_MS))),
  (random) =>
    waiting("server resets while bulk both ways", server(ENDLESS, ENDLESS, "reset", whole(random, LONGEST_BULK_MS))),
  (random) => waiting("server resets while bulk up", server(ENDLESS, 0, "reset", whole(random, LONGEST_BULK_MS))),
  (random) => waiting("server resets while bulk down", server(0, ENDLESS, "reset", whole(random, LONGEST_BULK_MS))),
  () => ({ kind: "half-closed and left", header: server(0, 0, "stall"), clientAct: "leave", clientDelayMs: 0 }),
  (random) =>
    client("half-closed, then reset in bulk", "finish-and-reset", random, server(0, ENDLESS), LONGEST_BULK_MS),
];

function client(
  kind: string,
  clientAct: ClientAct,
  random: () => number,
  header: Omit<Header, "seed">,
  longestMs: number,
): SessionPlan {
  return { kind, header, clientAct, clientDelayMs: whole(random, longestMs) };
}

/** The client sends, and is cut off. */
function waiting(kind: string, header: Omit<Header, "seed">): SessionPlan {
  return { kind, header, clientAct: "send", clientDelayMs: 0 };
}

function server(
  upBytes: number,
  downBytes: number,
  serverAct: Header["serverAct"] = "send",
  serverDelayMs = 0,
): Omit<Header, "seed"> {
  return { upBytes, downBytes, serverAct, serverDelayMs };
}

/** From 0 to below `limit`. */
function whole(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}
