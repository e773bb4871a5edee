import { readdirSync, readlinkSync } from "node:fs";

/** Open descriptors by what they are: `socket`, `pipe`, `anon_inode:[eventpoll]`, `file`. */
export type DescriptorCounts = Readonly<Record<string, number>>;

/** What a process has open. */
export function readDescriptors(pid: number): DescriptorCounts {
  const counts: Record<string, number> = {};
  for (const entry of readdirSync(`/proc/${pid}/fd`)) {
    const kind = kindAt(`/proc/${pid}/fd/${entry}`);
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The kind of a descriptor from where its link in /proc points to. */
export function descriptorKind(target: string): string {
  if (target.startsWith("anon_inode:")) return target;
  return /^(socket|pipe):\[/.exec(target)?.[1] ?? "file";
}

function kindAt(path: string): string | undefined {
  try {
    return descriptorKind(readlinkSync(path));
  } catch {
    // Closed in between.
    return undefined;
  }
}
