// One direction of a relay: recv and send over the loop's one buffer, and splice once it turns out to be a bulk stream.

import { BYTES_PER_TURN, type Gate, SPLICED_BYTES_PER_TURN } from "../transport.ts";
import type { LinuxConnection } from "./connection.ts";
import { EAGAIN, EINTR, EPOLLPRI, EPOLLRDHUP, MSG_MORE } from "./constants.ts";
import { BUFFER_BYTES, type Loop, type Task } from "./loop.ts";
import { PIPE_BYTES, type Pipe, type Pipes } from "./pipes.ts";
import type { LinuxRelay } from "./relay.ts";

/** Loopback's largest segment does not fill the buffer. */
const LARGE_READ_BYTES = 49_152;
/** So many more large reads than others, and a pipe costs less than copying. */
const LARGE_READS_TO_SPLICE = 4;
/** A splice that moves less than this costs more than copying … */
const SMALL_SPLICE_BYTES = 16_384;
/** … and so many of them in a row end it. */
const SMALL_SPLICES_TO_COPY = 4;

export class Direction implements Task {
  readonly from: LinuxConnection;
  readonly to: LinuxConnection;
  /** Received of `from`, and let through. */
  bytes = 0;
  /** FIN has been passed on, or will be by the close of both. */
  isDone = false;
  readonly #relay: LinuxRelay;
  readonly #loop: Loop;
  readonly #pipes: Pipes;
  /** Holds bytes that `to` would not take; never an empty one. */
  #pipe: Pipe | undefined;
  #isSplicing = false;
  /** To be asked about all that comes; undefined once it has decided, and where there is none. */
  #gate: Gate | undefined;
  /** The gate lets nothing through any more. */
  #isShut = false;
  /** What a pipe is filled with: twice as much whenever `to` took all of it at once, so that little waits for a slow one. */
  #fillBytes = BUFFER_BYTES;
  /** Copying: large reads, less the others. Splicing: small ones in a row. */
  #streak = 0;
  #isQueued = false;
  /** The turn in which it has moved its share: it goes on in the next. */
  #usedUpIn = -1;
  /** Other events have come since it was done. */
  #hasWaited = false;

  constructor(relay: LinuxRelay, from: LinuxConnection, to: LinuxConnection, pipes: Pipes, gate?: Gate) {
    this.#relay = relay;
    this.#loop = from.loop;
    this.#pipes = pipes;
    this.from = from;
    this.to = to;
    if (gate?.isOpen === false) this.#gate = gate;
  }

  /** Whether bytes wait for `to` here. */
  get isHolding(): boolean {
    return this.to.unsent !== undefined || this.#pipe !== undefined;
  }

  /** Moves in this turn or the next. */
  queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#loop.soon(this);
  }

  run(): void {
    this.#isQueued = false;
    if (!this.isDone) this.#moveOrWait();
    else if (this.#hasWaited) this.#relay.sendFin(this);
    else {
      this.#hasWaited = true;
      this.queue();
    }
  }

  onBug(): void {
    this.#relay.abort();
  }

  /** Events and the ready list are of one turn. */
  #moveOrWait(): void {
    if (this.#usedUpIn === this.#loop.turns) this.queue();
    else this.move();
  }

  /** Moves what there is: until nothing is left, `to` is full, or its share of this turn is used up. */
  move(): void {
    const { from } = this;
    if (this.#relay.isOver || !from.mayRead || from.readState !== "open" || (this.isHolding && !this.#isShut)) return;
    if (this.#relay.hasLost(this.to) || this.#usedUpIn === this.#loop.turns) return;
    if (this.#gate !== undefined) this.#copyThrough(this.#gate);
    else if (this.#isShut) this.#discard();
    // At an urgent byte splice(2) stops for good, and says that the stream has ended once FIN has come.
    else if (this.#isSplicing && (from.seen & EPOLLPRI) === 0) this.#splice();
    else this.#copy();
  }

  /** `to` takes bytes again. */
  flush(): void {
    if (this.#relay.isOver || !this.isHolding) return;
    if (!this.to.flush() || !this.#flushPipe()) {
      if (this.to.failure !== undefined) this.#relay.writeFailed(this.to);
      return;
    }
    this.#relay.flushed(this);
    if (this.from.readState === "open") this.move();
  }

  /** Nobody will take what is held. */
  drop(): void {
    this.to.unsent = undefined;
    if (this.#pipe !== undefined) this.#pipes.discard(this.#pipe);
    this.#pipe = undefined;
  }

  #copy(): void {
    const { from } = this;
    const { calls, buffer } = this.#loop;
    for (let moved = 0; moved <= BYTES_PER_TURN - BUFFER_BYTES; ) {
      const seen = from.seen;
      const got = calls.recv(from.descriptor, buffer.address, BUFFER_BYTES, 0);
      if (got <= 0) {
        this.#stopped(got);
        return;
      }
      moved += got;
      this.#received(got);
      const isFull = got === BUFFER_BYTES;
      // What comes in bulk makes most reads large, and rarely all of them.
      if (got >= LARGE_READ_BYTES) this.#streak++;
      else if (this.#streak > 0) this.#streak--;
      // FIN had come before the read, so nothing else is behind what was read.
      const isLast = !isFull && seen === EPOLLRDHUP && from.failure === undefined;
      if (!this.#deliver(got, isLast ? MSG_MORE : 0)) return;
      if (isLast) {
        this.#ended(true);
        return;
      }
      if (!isFull && seen === 0) {
        from.mayRead = false;
        return;
      }
      if (this.#streak >= LARGE_READS_TO_SPLICE && this.#pipes.isUsable) {
        this.#isSplicing = true;
        this.#streak = 0;
        break;
      }
    }
    this.#usedUp();
  }

  /** Copies what the gate lets through, until it has decided. */
  #copyThrough(gate: Gate): void {
    const { from } = this;
    const { calls, buffer } = this.#loop;
    for (let moved = 0; moved <= BYTES_PER_TURN - BUFFER_BYTES; ) {
      const got = calls.recv(from.descriptor, buffer.address, BUFFER_BYTES, 0);
      if (got <= 0) {
        this.#stopped(got);
        return;
      }
      moved += got;
      const passed = gate.pass(buffer.bytes.subarray(0, got));
      this.#isShut = passed < got;
      if (this.#isShut || gate.isOpen) {
        this.#gate = undefined;
        // The rest is moved in another way.
        this.queue();
      }
      if (passed > 0) {
        this.#received(passed);
        if (!this.#deliver(passed, 0)) return;
      }
      if (got < BUFFER_BYTES && from.seen === 0) from.mayRead = false;
      if (!from.mayRead || this.#gate === undefined) return;
    }
    this.#usedUp();
  }

  /** Reads what the gate has kept back, so that the client need not wait. */
  #discard(): void {
    const { from } = this;
    const { calls, scratch } = this.#loop;
    for (let moved = 0; moved <= BYTES_PER_TURN - BUFFER_BYTES; ) {
      const got = calls.recv(from.descriptor, scratch.address, BUFFER_BYTES, 0);
      if (got <= 0) {
        this.#stopped(got);
        return;
      }
      moved += got;
      if (got < BUFFER_BYTES && from.seen === 0) {
        from.mayRead = false;
        return;
      }
    }
    this.#usedUp();
  }

  /** @returns whether `to` has taken all of it. */
  #deliver(countBytes: number, flags: number): boolean {
    const { buffer } = this.#loop;
    const took = this.to.send(buffer.address, countBytes, flags);
    if (took === countBytes) return true;
    if (took < 0) this.#relay.writeFailed(this.to);
    else this.to.keep(buffer.bytes.subarray(took, countBytes));
    return false;
  }

  #splice(): void {
    const { from } = this;
    for (let moved = 0; moved <= SPLICED_BYTES_PER_TURN - SMALL_SPLICE_BYTES; ) {
      const pipe = this.#pipes.take();
      if (pipe === undefined) {
        this.#isSplicing = false;
        break;
      }
      // Into an empty pipe only: otherwise EAGAIN could mean either end.
      const got = pipe.fill(from.descriptor, Math.min(this.#fillBytes, SPLICED_BYTES_PER_TURN - moved));
      if (got <= 0) {
        this.#pipes.giveBack(pipe);
        // The end, or an urgent byte that no event has told of yet: recv(2) knows.
        if (got === 0) this.#copy();
        else this.#stopped(got);
        return;
      }
      moved += got;
      this.#received(got);
      this.#pipe = pipe;
      this.to.prepareToSend();
      if (!this.#flushPipe()) {
        this.#fillBytes = BUFFER_BYTES;
        if (this.to.failure !== undefined) this.#relay.writeFailed(this.to);
        return;
      }
      if (got >= this.#fillBytes / 2) this.#fillBytes = Math.min(2 * this.#fillBytes, PIPE_BYTES);
      this.#streak = got < SMALL_SPLICE_BYTES ? this.#streak + 1 : 0;
      if (this.#streak >= SMALL_SPLICES_TO_COPY) {
        this.#isSplicing = false;
        this.#streak = 0;
        break;
      }
    }
    this.#usedUp();
  }

  #usedUp(): void {
    this.#usedUpIn = this.#loop.turns;
    this.queue();
  }

  /** @returns whether the pipe is empty, and given back; false with `to.failure` set where `to` takes no more. */
  #flushPipe(): boolean {
    const pipe = this.#pipe;
    if (pipe === undefined) return true;
    const errno = pipe.empty(this.to.descriptor);
    if (errno === 0) {
      this.#pipe = undefined;
      this.#pipes.giveBack(pipe);
      return true;
    }
    if (errno !== EAGAIN) this.to.fail(errno);
    return false;
  }

  #received(countBytes: number): void {
    this.#relay.moved(this);
    this.bytes += countBytes;
  }

  /** @param got what recv or splice gave: 0 or less. */
  #stopped(got: number): void {
    const { from } = this;
    if (got === 0) {
      // Once a write has told of the reset, nothing else does: the read that follows says 0, as after a FIN.
      if (from.failure === undefined) this.#ended(false);
      else this.#failed();
      return;
    }
    const errno = this.#loop.calls.errno();
    if (errno === EAGAIN) {
      from.mayRead = false;
      // Waits for bytes that will never come, where a write has told of the reset.
      if (from.failure !== undefined) this.#failed();
    } else if (errno === EINTR) this.queue();
    else if (this.#isSplicing && this.#pipes.isRefused(errno)) {
      this.#isSplicing = false;
      this.queue();
    } else {
      from.fail(errno);
      this.#failed();
    }
  }

  #ended(isUrgent: boolean): void {
    this.from.readState = "ended";
    this.#relay.ended(this, isUrgent);
  }

  #failed(): void {
    this.from.readState = "failed";
    this.#relay.readFailed(this);
  }
}
