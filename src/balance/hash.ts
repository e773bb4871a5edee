// MurmurHash3_x86_32 (Austin Appleby, SMHasher, public domain), seed 0, over the UTF-16LE bytes of a text: two code units
// are one block, so nothing is encoded or allocated. Results are signed: V8 keeps any signed 32-bit integer unboxed.
// Every instance computes the same hash for the same text, whatever its platform. Not for secrets, nor against collisions
// on purpose.

/** A 32-bit hash of `text`, from -2^31 to 2^31 - 1. */
export function hashText(text: string): number {
  const length = text.length;
  const paired = length & ~1;
  let hash = 0;
  for (let at = 0; at < paired; at += 2) {
    hash = stir(hash, text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
  }
  if (paired < length) hash ^= scramble(text.charCodeAt(paired));
  return finish(hash ^ (length * 2));
}

/** A 32-bit hash of two 32-bit numbers in their order: the hash of the same eight bytes as a text. */
export function hashPair(first: number, second: number): number {
  return finish(stir(stir(0, first), second) ^ 8);
}

function stir(hash: number, block: number): number {
  const mixed = hash ^ scramble(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function scramble(block: number): number {
  const spread = Math.imul(block, 0xcc9e2d51);
  return Math.imul((spread << 15) | (spread >>> 17), 0x1b873593);
}

/** Appleby's fmix32: every bit of the input changes every bit of the result with a chance near one half. */
function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
