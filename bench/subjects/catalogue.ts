import { directSubject } from "./direct.ts";
import { goSubject } from "./go.ts";
import { haproxySubject } from "./haproxy.ts";
import { lbTcpSubject } from "./lb-tcp.ts";
import { nginxSubject } from "./nginx.ts";
import type { Family, Subject } from "./subject.ts";

/** Measured only when asked for by name: what `--transport auto --workers auto` takes is one of the others. */
const ON_REQUEST = ["lb-tcp-plain"];

/** @param folder for what has to be built. */
export function allSubjects(node: string, folder: string): Subject[] {
  const counts = [1, 2];
  return [
    ...counts.map((workers) => haproxySubject(workers, "auto")),
    ...counts.map((workers) => haproxySubject(workers, "always")),
    ...counts.map((workers) => lbTcpSubject({ transport: "linux", workers, node })),
    ...counts.map((workers) => lbTcpSubject({ transport: "net", workers, node })),
    lbTcpSubject({ transport: "plain", workers: 1, node }),
    ...counts.map((workers) => nginxSubject(workers)),
    ...counts.map((workers) => goSubject(workers, folder)),
    directSubject,
  ];
}

/** The subjects whose name is one of `wanted` or begins with one and a dash; without `wanted`, all but those on request. */
export function chooseSubjects(subjects: readonly Subject[], wanted: readonly string[] | undefined): Subject[] {
  if (wanted === undefined) return subjects.filter(({ name }) => !ON_REQUEST.includes(name));
  const names = subjects.map(({ name }) => name);
  for (const word of wanted) {
    if (!names.some((name) => matches(name, word))) {
      throw new Error(`--subjects: ${word} is none of ${names.join(", ")}, nor the beginning of one`);
    }
  }
  return subjects.filter(({ name }) => wanted.some((word) => matches(name, word)));
}

/** What a subject is compared with. */
export function referenceName(workers: number, family: Family): string {
  return `${family}-${workers}`;
}

function matches(name: string, word: string): boolean {
  return name === word || name.startsWith(`${word}-`);
}
