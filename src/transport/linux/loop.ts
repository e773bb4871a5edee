// An event loop over epoll(7), edge-triggered. Nothing happens outside `turn`, and it never returns to Node by itself.

import { endianness } from "node:os";
import type { Clock } from "../../clock.ts";
import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, O_CLOEXEC } from "./constants.ts";
import type { DescriptorTable } from "./descriptor-table.ts";
import { systemError } from "./errno.ts";
import { type PinnedMemory, pinnedMemory } from "./memory.ts";
import { type SystemCalls, systemCalls } from "./system-calls.ts";

/** Something with a descriptor in the epoll set. */
export interface Watched {
  /** @param mask EPOLLIN and so on. */
  onEvents(mask: number): void;
  /** A bug was found while it was looked after: it must go, and the loop goes on. */
  onBug(): void;
}

/** Something to be done in this turn or the next. */
export interface Task {
  run(): void;
  onBug(): void;
}

/** Something whose descriptor is to be closed. */
export interface Closing {
  closeNow(): void;
  onBug(): void;
}

export interface LoopOptions {
  readonly clock: Clock;
  readonly onAwake?: (() => void) | undefined;
  readonly onBug?: ((error: unknown) => void) | undefined;
  readonly descriptors?: DescriptorTable | undefined;
}

/** recv(2) takes at most so much at once, and what one side will not take is kept up to that. */
export const BUFFER_BYTES = 65_536;

const EVENTS_AT_ONCE = 512;
// struct epoll_event is packed on x64 only: 32 bits of mask, then 64 bits of data, aligned to 8 bytes elsewhere.
const EVENT_INTS: number = process.arch === "x64" ? 3 : 4;
const DATA_INT: number = EVENT_INTS - 2;
/** Between two looks at what lingers: while the loop has nothing else to do … */
const LINGER_MS = 5;
/** … and in turns while it has. */
const LINGER_TURNS = 64;
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** Where the loop's own descriptor stands in the table; slots begin behind it. */
const EPOLL_SLOT = 0;

export class Loop {
  readonly clock: Clock;
  readonly calls: SystemCalls;
  /** For one recv and the send that follows it; whoever uses it leaves nothing behind. */
  readonly buffer: PinnedMemory;
  /** For bytes that nobody wants, and for our own within the call that sends them: whose content never matters afterwards. */
  readonly scratch: PinnedMemory;
  /** How many there have been, with the one that is under way. */
  turns = 0;
  readonly #epoll: number;
  readonly #events: PinnedMemory;
  readonly #eventInts: Uint32Array;
  readonly #control: PinnedMemory;
  readonly #controlInts: Uint32Array;
  readonly #descriptors: DescriptorTable | undefined;
  readonly #onAwake: () => void;
  readonly #onBug: (error: unknown) => void;
  readonly #watched: (Watched | undefined)[] = [undefined];
  // Counts the uses of a slot: an event that was meant for an earlier one is nobody's.
  #generations = new Uint32Array(64);
  readonly #freeSlots: number[] = [];
  #ready: Task[] = [];
  #closing: Closing[] = [];
  #afterInput: (() => void)[] = [];
  readonly #lingering = new Set<Task>();

  /** @throws where the system calls can't be had */
  constructor({ clock, onAwake, onBug, descriptors }: LoopOptions) {
    if (endianness() !== "LE") throw new Error("the machine is big-endian");
    const calls = systemCalls();
    this.clock = clock;
    this.calls = calls;
    this.#onAwake = onAwake ?? ((): void => {});
    this.#onBug = onBug ?? ((): void => {});
    this.#descriptors = descriptors;
    this.buffer = pinnedMemory(calls, BUFFER_BYTES);
    this.scratch = pinnedMemory(calls, BUFFER_BYTES);
    this.#events = pinnedMemory(calls, EVENTS_AT_ONCE * EVENT_INTS * 4);
    this.#eventInts = intsOf(this.#events);
    this.#control = pinnedMemory(calls, EVENT_INTS * 4);
    this.#controlInts = intsOf(this.#control);
    this.#epoll = calls.epoll_create1(O_CLOEXEC);
    if (this.#epoll < 0) throw systemError("epoll_create1", calls.errno());
    descriptors?.set(EPOLL_SLOT, this.#epoll);
  }

  /** @param descriptor what this thread owns, to be known to whoever survives it; left out for somebody else's. */
  occupy(descriptor?: number): number {
    const slot = this.#freeSlots.pop() ?? this.#watched.push(undefined) - 1;
    if (slot >= this.#generations.length) this.#growTo(2 * slot);
    if (descriptor !== undefined) this.#descriptors?.set(slot, descriptor);
    return slot;
  }

  /** The descriptor is about to be closed, which takes it out of the epoll set as well. */
  vacate(slot: number): void {
    this.#descriptors?.clear(slot);
    this.#watched[slot] = undefined;
    this.#generations[slot] = this.generationOf(slot) + 1;
    this.#freeSlots.push(slot);
  }

  generationOf(slot: number): number {
    return this.#generations[slot] ?? 0;
  }

  /** Who is in a slot, if it is still the same use of it. */
  watchedAt(slot: number, generation: number): Watched | undefined {
    return this.generationOf(slot) === generation ? this.#watched[slot] : undefined;
  }

  /**
   * Adds the descriptor of a slot to the epoll set. The first events say how things are already.
   * @returns 0, or the errno where the kernel has no room for one more (fs.epoll.max_user_watches).
   */
  watch(slot: number, descriptor: number, mask: number, watched: Watched): number {
    this.#watched[slot] = watched;
    const ints = this.#controlInts;
    ints[0] = mask;
    ints[DATA_INT] = slot;
    ints[DATA_INT + 1] = this.generationOf(slot);
    const result = this.calls.epoll_ctl(this.#epoll, EPOLL_CTL_ADD, descriptor, this.#control.address);
    return result < 0 ? this.calls.errno() : 0;
  }

  /** Puts another in a slot: its events go there from now on. */
  handOver(slot: number, watched: Watched): void {
    this.#watched[slot] = watched;
  }

  /** Takes a descriptor out of the epoll set that stays open. */
  unwatch(slot: number, descriptor: number): void {
    this.#watched[slot] = undefined;
    this.calls.epoll_ctl(this.#epoll, EPOLL_CTL_DEL, descriptor, this.#control.address);
  }

  /** Runs it after the events of this turn; called by a task, in the next. */
  soon(task: Task): void {
    this.#ready.push(task);
  }

  /** Closes it at the end of the turn, so that no event of a batch finds another's descriptor under the number. */
  atEnd(closing: Closing): void {
    this.#closing.push(closing);
  }

  /** Runs it again and again, every few milliseconds, until `stopLingering`: for what no event tells. */
  linger(task: Task): void {
    this.#lingering.add(task);
  }

  stopLingering(task: Task): void {
    if (this.#lingering.size > 0) this.#lingering.delete(task);
  }

  afterInput(callback: () => void): void {
    this.#afterInput.push(callback);
  }

  turn(maxWaitMs: number): void {
    this.turns++;
    const afterInput = this.#afterInput;
    this.#afterInput = [];
    const isBusy = this.#ready.length + this.#closing.length + afterInput.length > 0;
    const mostMs = this.#lingering.size > 0 ? Math.min(maxWaitMs, LINGER_MS) : maxWaitMs;
    const count = this.#wait(isBusy ? 0 : mostMs);
    // Whatever goes wrong there: edges that are not handled now never come again.
    this.#guarded(this.#onAwake);
    for (let index = 0; index < count; index++) this.#dispatch(index * EVENT_INTS);
    this.#runReady();
    if (this.#lingering.size > 0 && (count === 0 || this.turns % LINGER_TURNS === 0)) this.#runLingering();
    this.#runClosing();
    // A full batch: more has arrived than was delivered.
    if (count === EVENTS_AT_ONCE) this.#afterInput.push(...afterInput);
    else for (const callback of afterInput) this.#guarded(callback);
  }

  close(): void {
    this.#descriptors?.clear(EPOLL_SLOT);
    this.calls.close(this.#epoll);
  }

  /** @returns how many events there are; none where a signal came. */
  #wait(maxWaitMs: number): number {
    const waitMs = maxWaitMs > LONGEST_WAIT_MS ? -1 : Math.ceil(maxWaitMs);
    return this.calls.epoll_wait(this.#epoll, this.#events.address, EVENTS_AT_ONCE, waitMs);
  }

  #dispatch(at: number): void {
    const ints = this.#eventInts;
    const slot = ints[at + DATA_INT] ?? 0;
    if (this.#generations[slot] !== ints[at + DATA_INT + 1]) return;
    const watched = this.#watched[slot];
    if (watched === undefined) return;
    try {
      watched.onEvents(ints[at] ?? 0);
    } catch (error) {
      this.#giveUp(watched, error);
    }
  }

  #runReady(): void {
    const ready = this.#ready;
    if (ready.length === 0) return;
    this.#ready = [];
    for (const task of ready) this.#run(task);
  }

  #runLingering(): void {
    for (const task of this.#lingering) this.#run(task);
  }

  #runClosing(): void {
    // Closing one may close others.
    while (this.#closing.length > 0) {
      const closing = this.#closing;
      this.#closing = [];
      for (const one of closing) this.#close(one);
    }
  }

  #run(task: Task): void {
    try {
      task.run();
    } catch (error) {
      this.#giveUp(task, error);
    }
  }

  #close(closing: Closing): void {
    try {
      closing.closeNow();
    } catch (error) {
      this.#giveUp(closing, error);
    }
  }

  #giveUp(culprit: Watched | Task | Closing, error: unknown): void {
    this.#onBug(error);
    this.#guarded(() => culprit.onBug());
  }

  #guarded(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#onBug(error);
    }
  }

  #growTo(slots: number): void {
    const generations = new Uint32Array(slots);
    generations.set(this.#generations);
    this.#generations = generations;
  }
}

function intsOf({ bytes }: PinnedMemory): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
