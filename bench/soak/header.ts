// What a session says first: which bytes follow, and what the server is to do. Pure.

/** `send`: everything, then FIN. `reset`: begin, and reset after a while. `stall`: neither read nor send until it is over. */
export const serverActs = ["send", "reset", "stall"] as const;
export type ServerAct = (typeof serverActs)[number];

export interface Header {
  /** Both streams follow from it. */
  readonly seed: number;
  /** After the header; `ENDLESS` for as much as is taken. */
  readonly upBytes: number;
  readonly downBytes: number;
  readonly serverAct: ServerAct;
  /** Until the act, where it is not `send`. */
  readonly serverDelayMs: number;
}

export const HEADER_BYTES = 20;
export const ENDLESS: number = 2 ** 32 - 1;
/** First, so that the bytes of something else are never taken for a header. */
const MAGIC = 0x50a4_1b07;

export function encodeHeader({ seed, upBytes, downBytes, serverAct, serverDelayMs }: Header): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(seed, 4);
  bytes.writeUInt32BE(upBytes, 8);
  bytes.writeUInt32BE(downBytes, 12);
  bytes.writeUInt16BE(serverActs.indexOf(serverAct), 16);
  bytes.writeUInt16BE(serverDelayMs, 18);
  return bytes;
}

/** Undefined when that is no header: the bytes of another session, or none at all. */
export function decodeHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC) return undefined;
  const serverAct = serverActs[bytes.readUInt16BE(16)];
  if (serverAct === undefined) return undefined;
  return {
    seed: bytes.readUInt32BE(4),
    upBytes: bytes.readUInt32BE(8),
    downBytes: bytes.readUInt32BE(12),
    serverAct,
    serverDelayMs: bytes.readUInt16BE(18),
  };
}
