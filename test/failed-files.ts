// A reporter for node:test that writes the path of each test file that failed, a line each, and nothing else. The other
// reporters name the file in which `it` was called, which may be a helper's.

import { relative, resolve } from "node:path";

interface Completed {
  readonly type: string;
  /** Of a file that ran to its end as well as of one that crashed or was ended; a file's name is its path. */
  readonly data: { readonly name?: string; readonly file?: string; readonly details?: { readonly error?: unknown } };
}

export default async function* failedFiles(events: AsyncIterable<Completed>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== "test:complete" || data.name === undefined || data.details?.error === undefined) continue;
    if (resolve(data.name) === data.file) yield `${relative(process.cwd(), data.file)}\n`;
  }
}
