// Test data of any length in which no stretch occurs twice, so that a byte that is lost, doubled or out of order changes
// the hash: the key stream of AES in counter mode, which is as fast as the sockets that carry it.

import { type Cipher, createCipheriv, createHash } from "node:crypto";

const KEY_BYTES = 16;
const CHUNK_BYTES = 65_536;

/** The first `byteCount` bytes of the pattern. */
export function patternedBytes(seed: number, byteCount: number): Buffer {
  return keyStream(seed).update(Buffer.alloc(byteCount));
}

/** The same bytes piece by piece, for what should not be in memory at once. `byteCount` may be Infinity. */
export function* patternedChunks(seed: number, byteCount: number): Generator<Buffer> {
  const stream = keyStream(seed);
  const zeros = Buffer.alloc(CHUNK_BYTES);
  for (let left = byteCount; left > 0; left -= CHUNK_BYTES) {
    yield stream.update(left < CHUNK_BYTES ? zeros.subarray(0, left) : zeros);
  }
}

/** What `PeerEnd.sha256` has to be when exactly the first `byteCount` bytes of the pattern came. */
export function patternedSha256(seed: number, byteCount: number): string {
  const hash = createHash("sha256");
  for (const chunk of patternedChunks(seed, byteCount)) hash.update(chunk);
  return hash.digest("hex");
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function keyStream(seed: number): Cipher {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeInt32BE(seed | 0);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(KEY_BYTES));
}
