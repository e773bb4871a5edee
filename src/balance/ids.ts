// Candidates list their ids in ascending order, so that finding one takes ten steps in a thousand.

/** How many of `ids[0 .. count)` are at most `id`; also the index of the first one above it. */
export function countUpTo(ids: Int32Array, count: number, id: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether `id` is among `ids[0 .. count)`. */
export function includesId(ids: Int32Array, count: number, id: number): boolean {
  const upTo = countUpTo(ids, count, id);
  return upTo > 0 && ids[upTo - 1] === id;
}
