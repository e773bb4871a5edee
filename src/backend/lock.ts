// Locks in shared memory, for a few dozen instructions at a time. A lock says who has it, so that it can be taken from a
// thread that has died.

const FREE = 0;
/** Looks before the thread gives up its core: whoever has the lock may need it. */
const SPINS = 200;
const NAP_MS = 1;
/** A lock is held for a microsecond; whoever has it for longer has lost its core, or has died. */
const NAPS = 50;

/** Whoever takes a lock: a worker … */
export function lockOwner(worker: number): number {
  return worker + 1;
}

/** … or the control plane. */
export const CONTROL_OWNER: number = 2 ** 30;

/**
 * Takes a lock. It is never waited for without an end.
 * @returns false where somebody keeps it: who died with it, and nobody has taken it back yet.
 */
export function takeLock(locks: Int32Array, index: number, owner: number): boolean {
  if (Atomics.compareExchange(locks, index, FREE, owner) === FREE) return true;
  for (let nap = 0; nap <= NAPS; nap++) {
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.load(locks, index) !== FREE) continue;
      if (Atomics.compareExchange(locks, index, FREE, owner) === FREE) return true;
    }
    Atomics.wait(locks, index, Atomics.load(locks, index), NAP_MS);
  }
  return false;
}

export function releaseLock(locks: Int32Array, index: number): void {
  Atomics.store(locks, index, FREE);
}

/** Releases what a thread that has gone held. What it was about to change may be changed in part. */
export function breakLocks(locks: Int32Array, owner: number): void {
  for (let index = 0; index < locks.length; index++) Atomics.compareExchange(locks, index, owner, FREE);
}
