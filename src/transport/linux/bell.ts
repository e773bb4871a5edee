// An eventfd(2): what wakes a loop that waits in epoll_wait(2). Any thread may ring it.

import { O_CLOEXEC, O_NONBLOCK } from "./constants.ts";
import { systemError } from "./errno.ts";
import { type PinnedMemory, pinnedMemory } from "./memory.ts";
import { systemCalls } from "./system-calls.ts";

const COUNTER_BYTES = 8;

let scratch: PinnedMemory | undefined;

function counter(): PinnedMemory {
  scratch ??= pinnedMemory(systemCalls(), COUNTER_BYTES);
  return scratch;
}

/** @returns a descriptor; whoever opened it closes it. @throws the system's error */
export function openBell(): number {
  const calls = systemCalls();
  const bell = calls.eventfd(0, O_NONBLOCK | O_CLOEXEC);
  if (bell < 0) throw systemError("eventfd", calls.errno());
  return bell;
}

export function ringBell(bell: number): void {
  const { bytes, address } = counter();
  bytes.writeBigUInt64LE(1n, 0);
  systemCalls().write(bell, address, COUNTER_BYTES);
}

/** Takes what has been rung, so that it can be rung again. */
export function silenceBell(bell: number): void {
  systemCalls().read(bell, counter().address, COUNTER_BYTES);
}

export function closeBell(bell: number): void {
  systemCalls().close(bell);
}
