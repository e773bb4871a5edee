// The sessions of one worker in shared memory: what has to be known about them when nobody is left to ask, and what the
// control plane lists without asking.

/** Where a session is. `trial`: its dial is the one that tells whether an ejected backend is well again. */
export type SessionStage = "accepted" | "dialling" | "trial" | "relaying";

/** One session as somebody else sees it. */
export interface SessionEntry {
  readonly place: number;
  /** Its number within its worker, from 1. */
  readonly number: number;
  readonly stage: SessionStage;
  readonly listenerSlot: number;
  /** The backend's row, or -1; together with its generation. */
  readonly row: number;
  readonly generation: number;
  /** Where its client is counted, or -1; together with the id of the table. */
  readonly clientPlace: number;
  readonly clientTable: number;
  /** Monotonic milliseconds. */
  readonly acceptedAtMs: number;
  /** Client to backend, as far as that has been counted, here and below: about a second ago. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** `ip:port`, or `unix:`. */
  readonly client: string;
}

/** Which sessions. Where several are given, all must hold. */
export interface EntryFilter {
  readonly listenerSlots?: ReadonlySet<number> | undefined;
  /** Of backends: the generation of each row. */
  readonly rows?: ReadonlyMap<number, number> | undefined;
  /** As the table writes it. */
  readonly clientIp?: string | undefined;
  /** Those that were accepted by then. Monotonic milliseconds. */
  readonly acceptedByMs?: number | undefined;
}

/** Places at most: 2^20 descriptors are all that Linux gives a process by default (fs.nr_open), and a session has two. */
const MOST_PLACES: number = 2 ** 20;
/** `[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535` has 47 characters. */
const CLIENT_BYTES = 48;

const FREE = 0;
const stages = ["accepted", "dialling", "trial", "relaying"] as const satisfies readonly SessionStage[];
const ACCEPTED: number = stages.indexOf("accepted") + 1;
const DIALLING: number = stages.indexOf("dialling") + 1;
const TRIAL: number = stages.indexOf("trial") + 1;
const RELAYING: number = stages.indexOf("relaying") + 1;

/** The last session number, and then how many places have ever been used. */
const HEADER_BYTES = 64;
const USED_INDEX = 2;
const FLOAT_FIELDS = 4;
const INT_FIELDS = 6;

/**
 * A place for each session, given out and written by one thread. It does not grow: a session beyond its capacity is
 * served all the same, and is neither listed nor accounted for if its worker dies.
 */
export class SessionTable {
  readonly memory: SharedArrayBuffer;
  readonly capacity: number;
  readonly #lastNumber: Float64Array;
  readonly #header: Int32Array;
  readonly #number: Float64Array;
  readonly #acceptedAtMs: Float64Array;
  readonly #bytesUp: Float64Array;
  readonly #bytesDown: Float64Array;
  readonly #stage: Int32Array;
  readonly #listenerSlot: Int32Array;
  readonly #row: Int32Array;
  readonly #generation: Int32Array;
  readonly #clientPlace: Int32Array;
  readonly #clientTable: Int32Array;
  readonly #client: Uint8Array;
  /** The writer's own: places that were used and are free again. */
  readonly #free: number[] = [];

  /** @param sessions as many as there can be. Untouched places cost address space only. */
  constructor(sessions: number, memory?: SharedArrayBuffer) {
    this.capacity = Math.min(sessions, MOST_PLACES);
    this.memory = memory ?? new SharedArrayBuffer(bytesOf(this.capacity));
    let offset = HEADER_BYTES;
    const floats = (): Float64Array => {
      const field = new Float64Array(this.memory, offset, this.capacity);
      offset += field.byteLength;
      return field;
    };
    const ints = (): Int32Array => {
      const field = new Int32Array(this.memory, offset, this.capacity);
      offset += field.byteLength;
      return field;
    };
    this.#lastNumber = new Float64Array(this.memory, 0, 1);
    this.#header = new Int32Array(this.memory, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.#number = floats();
    this.#acceptedAtMs = floats();
    this.#bytesUp = floats();
    this.#bytesDown = floats();
    this.#stage = ints();
    this.#listenerSlot = ints();
    this.#row = ints();
    this.#generation = ints();
    this.#clientPlace = ints();
    this.#clientTable = ints();
    this.#client = new Uint8Array(this.memory, offset, this.capacity * CLIENT_BYTES);
  }

  /** Goes on where a worker before this one has stopped: no id is ever used twice. */
  nextNumber(): number {
    const number = (this.#lastNumber[0] ?? 0) + 1;
    this.#lastNumber[0] = number;
    return number;
  }

  /** @returns the session's place, or -1 where none is left; the others take either. */
  enter(number: number, listenerSlot: number, acceptedAtMs: number, client: string): number {
    const place = this.#take();
    if (place < 0) return -1;
    this.#number[place] = number;
    this.#listenerSlot[place] = listenerSlot;
    this.#row[place] = -1;
    this.#clientPlace[place] = -1;
    this.#acceptedAtMs[place] = acceptedAtMs;
    this.#bytesUp[place] = 0;
    this.#bytesDown[place] = 0;
    this.#writeClient(place, client);
    // Last, because it publishes the rest.
    Atomics.store(this.#stage, place, ACCEPTED);
    return place;
  }

  /** A PROXY header says that its client is somebody else. */
  rename(place: number, client: string): void {
    if (place >= 0) this.#writeClient(place, client);
  }

  /** Its client is counted; at a negative place: is not. */
  counted(place: number, clientTable: number, clientPlace: number): void {
    if (place < 0) return;
    this.#clientTable[place] = clientTable;
    this.#clientPlace[place] = clientPlace;
  }

  dialling(place: number, row: number, generation: number, isTrial: boolean): void {
    if (place < 0) return;
    this.#row[place] = row;
    this.#generation[place] = generation;
    this.#stage[place] = isTrial ? TRIAL : DIALLING;
  }

  /** Its dial failed. */
  withdrawn(place: number): void {
    if (place < 0) return;
    this.#stage[place] = ACCEPTED;
    this.#row[place] = -1;
  }

  relaying(place: number): void {
    if (place >= 0) this.#stage[place] = RELAYING;
  }

  /** Of its bytes, which of them have been counted: what is still to be counted is what came beyond. */
  countedBytes(place: number, bytesUp: number, bytesDown: number): void {
    if (place < 0) return;
    this.#bytesUp[place] = bytesUp;
    this.#bytesDown[place] = bytesDown;
  }

  bytesUp(place: number): number {
    return this.#bytesUp[place] ?? 0;
  }

  bytesDown(place: number): number {
    return this.#bytesDown[place] ?? 0;
  }

  leave(place: number): void {
    if (place < 0) return;
    Atomics.store(this.#stage, place, FREE);
    this.#free.push(place);
  }

  /** Places below this one have been used. */
  get usedPlaces(): number {
    return Atomics.load(this.#header, USED_INDEX);
  }

  /** For any thread: who is at that place now. */
  read(place: number): SessionEntry | undefined {
    const stage = stages[Atomics.load(this.#stage, place) - 1];
    const number = this.#number[place] ?? 0;
    if (stage === undefined) return undefined;
    const entry = {
      place,
      number,
      stage,
      listenerSlot: this.#listenerSlot[place] ?? 0,
      row: this.#row[place] ?? -1,
      generation: this.#generation[place] ?? 0,
      clientPlace: this.#clientPlace[place] ?? -1,
      clientTable: this.#clientTable[place] ?? -1,
      acceptedAtMs: this.#acceptedAtMs[place] ?? 0,
      bytesUp: this.bytesUp(place),
      bytesDown: this.bytesDown(place),
      client: this.#readClient(place),
    };
    // Another session may have come while this was read.
    return Atomics.load(this.#stage, place) !== FREE && this.#number[place] === number ? entry : undefined;
  }

  /**
   * For any thread: who is there now, from a place on. Whoever is not meant costs some nanoseconds, so that a few can be
   * found among very many.
   */
  *entries(fromPlace = 0, filter?: EntryFilter): Generator<SessionEntry> {
    const prefix = filter?.clientIp === undefined ? undefined : Buffer.from(prefixOf(filter.clientIp));
    for (let place = fromPlace; place < this.usedPlaces; place++) {
      if (this.#stage[place] === FREE) continue;
      if (filter !== undefined && !this.#isMeant(place, filter, prefix)) continue;
      const entry = this.read(place);
      if (entry !== undefined) yield entry;
    }
  }

  /** For any thread: the session that has this number; undefined where it has ended. */
  find(number: number): SessionEntry | undefined {
    const place = this.#number.subarray(0, this.usedPlaces).indexOf(number);
    const entry = place < 0 ? undefined : this.read(place);
    return entry?.number === number ? entry : undefined;
  }

  /** For any thread: when the sessions that have been here longest were accepted; Infinity where there is none. */
  oldest(): { readonly acceptedAtMs: number; readonly undecidedAtMs: number } {
    let acceptedAtMs = Number.POSITIVE_INFINITY;
    let undecidedAtMs = Number.POSITIVE_INFINITY;
    const { usedPlaces } = this;
    for (let place = 0; place < usedPlaces; place++) {
      const stage = this.#stage[place] ?? FREE;
      if (stage === FREE) continue;
      const atMs = this.#acceptedAtMs[place] ?? 0;
      acceptedAtMs = Math.min(acceptedAtMs, atMs);
      if (stage !== RELAYING) undecidedAtMs = Math.min(undecidedAtMs, atMs);
    }
    return { acceptedAtMs, undecidedAtMs };
  }

  /** Once its writer has gone: empties it for a successor. */
  clear(): void {
    this.#stage.fill(FREE, 0, this.usedPlaces);
    Atomics.store(this.#header, USED_INDEX, 0);
  }

  #isMeant(place: number, filter: EntryFilter, prefix: Uint8Array | undefined): boolean {
    const { listenerSlots, rows, acceptedByMs } = filter;
    return (
      (listenerSlots === undefined || listenerSlots.has(this.#listenerSlot[place] ?? -1)) &&
      (rows === undefined || rows.get(this.#row[place] ?? -1) === this.#generation[place]) &&
      (acceptedByMs === undefined || (this.#acceptedAtMs[place] ?? 0) <= acceptedByMs) &&
      (prefix === undefined || this.#clientStartsWith(place, prefix))
    );
  }

  #clientStartsWith(place: number, prefix: Uint8Array): boolean {
    const start = place * CLIENT_BYTES;
    for (let index = 0; index < prefix.length; index++) {
      if (this.#client[start + index] !== prefix[index]) return false;
    }
    return true;
  }

  #take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const place = this.usedPlaces;
    if (place >= this.capacity) return -1;
    Atomics.store(this.#header, USED_INDEX, place + 1);
    return place;
  }

  /** Addresses are ASCII. A NUL ends one that is shorter than its room. */
  #writeClient(place: number, client: string): void {
    const start = place * CLIENT_BYTES;
    const length = Math.min(client.length, CLIENT_BYTES);
    for (let index = 0; index < length; index++) this.#client[start + index] = client.charCodeAt(index);
    if (length < CLIENT_BYTES) this.#client[start + length] = 0;
  }

  #readClient(place: number): string {
    let text = "";
    for (let index = place * CLIENT_BYTES; index < (place + 1) * CLIENT_BYTES; index++) {
      const code = this.#client[index] ?? 0;
      if (code === 0) break;
      text += String.fromCharCode(code);
    }
    return text;
  }
}

/** How `ip:port` and `[ip]:port` begin. */
function prefixOf(ip: string): string {
  return ip.includes(":") ? `[${ip}]:` : `${ip}:`;
}

function bytesOf(capacity: number): number {
  const { BYTES_PER_ELEMENT: floatBytes } = Float64Array;
  const { BYTES_PER_ELEMENT: intBytes } = Int32Array;
  return HEADER_BYTES + capacity * (FLOAT_FIELDS * floatBytes + INT_FIELDS * intBytes + CLIENT_BYTES);
}
