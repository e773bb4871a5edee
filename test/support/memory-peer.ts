import type { MemoryLoop, Stepper } from "./memory-loop.ts";
import type { Wire, WireBreak } from "./memory-wire.ts";

/** How the transport's direction ended. `closed`: this end broke the connection first. */
export type PeerEnd = "finished" | "reset" | "closed";

/** The other end of a connection of the transport in memory: a client or a backend that does what a test says. */
export class MemoryPeer implements Stepper {
  /** `ip:port`; `unix:` where it has none. */
  readonly address: string;
  readonly #loop: MemoryLoop;
  readonly #input: Wire;
  readonly #output: Wire;
  readonly #received: Buffer[] = [];
  /** The IP that it was dialled from; empty where the system chose. */
  dialledFrom = "";
  /** What becomes of received bytes. */
  onBytes: (bytes: Buffer) => void = (bytes) => this.#received.push(bytes);
  #byteCount = 0;
  #isReading = true;
  #isFinished = false;
  #isReset = false;
  #end: PeerEnd | undefined;

  constructor(address: string, loop: MemoryLoop, input: Wire, output: Wire) {
    this.address = address;
    this.#loop = loop;
    this.#input = input;
    this.#output = output;
    loop.add(this);
  }

  /** Everything that came, unless `onBytes` was replaced. */
  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  get receivedText(): string {
    return this.received.toString();
  }

  get byteCount(): number {
    return this.#byteCount;
  }

  /** Bytes that have left this end. */
  get sentCount(): number {
    return this.#output.sentCount;
  }

  get unsentCount(): number {
    return this.#output.unsentCount;
  }

  get isFinSent(): boolean {
    return this.#output.isFinSent;
  }

  /** How the transport's direction ended, once that was read. */
  get end(): PeerEnd | undefined {
    return this.#end;
  }

  /** Whether a RST came, be it after a FIN. */
  get isReset(): boolean {
    return this.#isReset;
  }

  /** Both directions are over. */
  get isClosed(): boolean {
    return this.#isReset || this.#end === "closed" || (this.#end === "finished" && this.isFinSent);
  }

  send(bytes: string | Uint8Array): void {
    if (!this.#isFinished && !this.isClosed) this.#output.send(Buffer.from(bytes));
  }

  /** FIN, behind everything that was sent. */
  finish(bytes: string | Uint8Array = ""): void {
    this.send(bytes);
    this.#isFinished = true;
    this.#output.finish();
  }

  /** RST, behind what has left this end. */
  reset(bytes: string | Uint8Array = ""): void {
    this.send(bytes);
    this.#break("reset");
  }

  /** Its host or the way to it is gone, and the transport's system has just given up on it. */
  lose(): void {
    this.#break("lost");
  }

  pause(): void {
    this.#isReading = false;
  }

  resume(): void {
    this.#isReading = true;
  }

  step(): boolean {
    const isBusy = this.#isReading && this.#read();
    if (this.isClosed) this.#loop.remove(this);
    return isBusy;
  }

  #read(): boolean {
    const before = this.#byteCount;
    for (let chunk = this.#take(); chunk !== undefined; chunk = this.#take()) {
      this.onBytes(chunk);
      this.#byteCount += chunk.length;
    }
    return this.#readEnd() || this.#byteCount > before;
  }

  #readEnd(): boolean {
    const { end } = this.#input;
    if (end === undefined || this.#isReset || end === this.#end) return false;
    this.#end ??= end === "finished" ? "finished" : "reset";
    if (end === "finished") return true;
    this.#isReset = true;
    // Nobody reads what is still on its way to a side that has sent RST.
    this.#output.abandon();
    return true;
  }

  #take(): Buffer | undefined {
    return this.#input.take(Number.POSITIVE_INFINITY);
  }

  #break(how: WireBreak): void {
    if (this.isClosed) return;
    this.#output.break(how);
    this.#input.abandon();
    this.#end = "closed";
  }
}
