// Of which version this is.

import { readFileSync } from "node:fs";

/** The version of the package; `unknown` where its package.json can't be read. */
export function packageVersion(): string {
  // From dist/src/observe, and from src/observe where Node strips types.
  for (const path of ["../../../package.json", "../../package.json"]) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
      if (isOurs(parsed)) return parsed.version;
    } catch {
      // Not there: the other one is.
    }
  }
  return "unknown";
}

/** Above src may be the package.json of somebody else. */
function isOurs(parsed: unknown): parsed is { readonly version: string } {
  if (typeof parsed !== "object" || parsed === null || !("name" in parsed) || !("version" in parsed)) return false;
  return parsed.name === "lb-tcp" && typeof parsed.version === "string";
}
