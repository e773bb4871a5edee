import { pinnedMemory } from "../../../src/transport/linux/memory.ts";
import { systemCalls } from "../../../src/transport/linux/system-calls.ts";

/** What getsockopt(2) says of an option that is an int. */
export function optionOf(socket: number, level: number, name: number): number {
  const calls = systemCalls();
  const value = pinnedMemory(calls, 4);
  const length = pinnedMemory(calls, 4);
  length.bytes.writeInt32LE(4, 0);
  if (calls.getsockopt(socket, level, name, value.address, length.address) < 0) {
    throw new Error(`getsockopt: ${calls.errno()}`);
  }
  return value.bytes.readInt32LE(0);
}
