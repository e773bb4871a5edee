// One session of the soak from the client's side.

import { connect } from "node:net";
import { hasEndedInReset } from "../../src/transport/net/socket.ts";
import { HOST } from "../port.ts";
import { encodeHeader } from "./header.ts";
import type { SessionPlan } from "./plan.ts";
import { resetNow } from "./reset.ts";
import { sendStream } from "./sender.ts";
import { SeededStream } from "./stream.ts";

export interface SessionResult {
  readonly kind: string;
  /** `complete`: everything came and both ends finished. `hanging`: nobody closed it. Otherwise an error's code, or `cut`. */
  readonly end: string;
  readonly isForeign: boolean;
  /** It ended as a complete one does, with bytes missing. */
  readonly isCutClean: boolean;
}

/** A stalled one is reset after so long. */
const STALL_MS = 150;
/** Above all timeouts of the balancer under test. */
const PATIENCE_MS = 20_000;

/** Resolves when the socket is closed, whoever closed it. */
export function runSession(port: number, plan: SessionPlan, seed: number): Promise<SessionResult> {
  const { kind, header, clientAct, clientDelayMs } = plan;
  const down = new SeededStream(seed, "down");
  const socket = connect({ port, host: HOST, allowHalfOpen: true, noDelay: true });
  let end = "cut";
  let isForeign = false;
  let isCutClean = false;
  const finishes = clientAct === "send" || clientAct === "finish-and-reset";
  const timers: NodeJS.Timeout[] = [];
  const after = (delayMs: number, work: () => void): void => void timers.push(setTimeout(work, delayMs));

  socket.on("connect", () => {
    socket.write(encodeHeader({ ...header, seed }));
    if (clientAct === "leave") socket.end();
    else if (clientAct === "reset" && clientDelayMs === 0) resetNow(socket);
    else sendStream(socket, new SeededStream(seed, "up"), header.upBytes, finishes);
  });
  if (clientAct === "finish-and-reset" || (clientAct === "reset" && clientDelayMs > 0))
    after(clientDelayMs, () => resetNow(socket));
  if (clientAct === "stall") {
    after(clientDelayMs, () => {
      socket.removeAllListeners("drain").pause();
      after(STALL_MS, () => resetNow(socket));
    });
  }
  after(PATIENCE_MS, () => {
    end = "hanging";
    resetNow(socket);
  });
  socket.on("data", (data: Buffer) => {
    if (down.matches(data)) return;
    isForeign = true;
    resetNow(socket);
  });
  socket.on("end", () => {
    if (down.position === header.downBytes) end = "complete";
    else isCutClean = !hasEndedInReset(socket);
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    end = error.code ?? error.message;
  });
  return new Promise((resolve) => {
    socket.on("close", () => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ kind, end, isForeign, isCutClean });
    });
  });
}
