// Which descriptors a worker has open, in shared memory: they outlive a thread that dies, so somebody else must know them.

/** Written by the worker's transport, read by the control plane when the worker has gone. */
export class DescriptorTable {
  readonly memory: SharedArrayBuffer;

  /** @param places descriptors at most. */
  constructor(places: number, memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Resets and closes all that is still there. Only once its worker has gone. @returns how many. */
  closeAll(): number {
    throw new Error("not yet");
  }
}
