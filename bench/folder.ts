import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder that goes when this process does. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "lb-tcp-bench-"));
  // The workers of an nginx that root has started are nobody, and have to read from it.
  chmodSync(folder, 0o755);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
