import type { SystemCalls } from "./system-calls.ts";

/** Memory that the kernel reads or writes: the bytes, and where they are. */
export interface PinnedMemory {
  readonly bytes: Buffer;
  readonly address: number;
}

/** Fresh memory at an address of its own. Whoever holds it keeps it from being collected. */
export function pinnedMemory(calls: Pick<SystemCalls, "addressOf">, countBytes: number): PinnedMemory {
  // Not from Node's pool, which other buffers share.
  const bytes = Buffer.allocUnsafeSlow(countBytes).fill(0);
  return { bytes, address: calls.addressOf(bytes) };
}
