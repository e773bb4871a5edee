// Programs of others: whether they are there, and what they say.

import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

// Where Debian keeps servers, and a user's PATH often has not.
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** @throws Error when it is not installed */
export function programPath(name: string): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...MORE_FOLDERS];
  const found = folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

/** The first line of what `program args` prints, or why there is none. */
export function firstLineOf(name: string, ...args: string[]): string {
  try {
    const { stdout, stderr } = spawnSync(programPath(name), args, { encoding: "utf8" });
    return `${stdout}\n${stderr}`.trim().split("\n")[0] ?? "";
  } catch {
    return `${name} is not installed`;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
