import { type SystemCalls, systemCalls } from "../../../src/transport/linux/system-calls.ts";

type CallName = Exclude<keyof SystemCalls, "errno" | "addressOf">;
type Call = (...args: number[]) => number;

/**
 * Lets a system call of this thread fail while `body` runs.
 * @param times so often; then it works again.
 * @returns how often it was called.
 */
export function failing(name: CallName, errno: number, body: () => void, times: number = 1_000_000): number {
  let count = 0;
  let isLast = false;
  replacing(
    (called, real, args) => {
      isLast = called === name && count < times;
      if (called === name) count++;
      return isLast ? -1 : real(...args);
    },
    (real) => (isLast ? errno : real()),
    body,
  );
  return count;
}

/** Counts how often a system call is made while `body` runs. */
export function counting(name: CallName, body: () => void): number {
  let count = 0;
  replacing(
    (called, real, args) => {
      if (called === name) count++;
      return real(...args);
    },
    (real) => real(),
    body,
  );
  return count;
}

function replacing(
  call: (name: string, real: Call, args: number[]) => number,
  errno: (real: () => number) => number,
  body: () => void,
): void {
  const calls = systemCalls();
  const real = { ...calls };
  const replaced = Object.entries(real).flatMap(([name, one]) => {
    if (name === "errno" || name === "addressOf") return [];
    // What koffi makes takes numbers, as many as it is declared with.
    return [[name, (...args: number[]) => call(name, one as Call, args)] as const];
  });
  Object.assign(calls, Object.fromEntries(replaced), { errno: () => errno(() => real.errno()) });
  try {
    body();
  } finally {
    Object.assign(calls, real);
  }
}
