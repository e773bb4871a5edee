// What has to be watched to notice that the content under a path is another one: not the file alone, but each link on
// the way. Kubernetes swaps a link two steps away (`..data`), deployments swap a folder's.

import { dirname, isAbsolute, join, resolve, sep } from "node:path";

/** An entry of a folder. */
export interface PathStep {
  readonly folder: string;
  readonly name: string;
}

// Linux gives up after as many (path_resolution(7)).
const MOST_LINKS = 40;

/**
 * The file itself, and every link that leads to it.
 * @param readLink what a link says; undefined for what is none, or is not there.
 */
export function traceLinks(path: string, readLink: (path: string) => string | undefined): readonly PathStep[] {
  const steps: PathStep[] = [];
  let pending = partsOf(resolve(path));
  let folder: string = sep;
  let links = 0;
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === "..") {
      folder = dirname(folder);
      continue;
    }
    const target = readLink(join(folder, name));
    if (target !== undefined || pending.length === 0) steps.push({ folder, name });
    if (target === undefined) {
      folder = join(folder, name);
      continue;
    }
    links++;
    if (links > MOST_LINKS) break;
    if (isAbsolute(target)) folder = sep;
    pending = [...partsOf(target), ...pending];
  }
  return steps;
}

function partsOf(path: string): string[] {
  return path.split(sep).filter((part) => part !== "" && part !== ".");
}
