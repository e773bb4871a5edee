// What one thread has added to the counts of the backends. A thread that dies gives nothing back; with this its share can
// be taken out by somebody else.

/** Written by one thread, next to the table and with nothing allocated in between; read when that thread has gone. */
export class BackendShare {
  readonly memory: SharedArrayBuffer;
  /** By row: its sessions. */
  readonly active: Int32Array;
  /** By row: its dials that have been unanswered for long. */
  readonly suspects: Int32Array;

  constructor(rows: number, memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(2 * rows * Int32Array.BYTES_PER_ELEMENT);
    this.active = new Int32Array(this.memory, 0, rows);
    this.suspects = new Int32Array(this.memory, rows * Int32Array.BYTES_PER_ELEMENT, rows);
  }

  clear(): void {
    this.active.fill(0);
    this.suspects.fill(0);
  }
}
