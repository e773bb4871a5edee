import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 65_536;
/** Some millions of lines of an access list. */
const MOST_BYTES = 64 * 1_024 * 1_024;

/**
 * The text of a file: also of a pipe, such as `<(…)` of a shell.
 * @throws what the system says, and an Error where it is no text or has no end
 */
export function readText(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const chunks: Uint8Array[] = [];
    let byteCount = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(descriptor, chunk);
      if (read === 0) break;
      byteCount += read;
      if (byteCount > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 1_048_576} MiB`);
      chunks.push(chunk.subarray(0, read));
    }
    return decode(Buffer.concat(chunks));
  } finally {
    closeSync(descriptor);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    // Without a byte order mark, where there is one.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8");
  }
}
