import type { Row } from "./page.ts";

/** What --help says of a command. */
export interface Description {
  readonly usage: string;
  readonly text: string;
  readonly flags: readonly Row[];
  readonly more: readonly { readonly title: string; readonly rows: readonly Row[] }[];
}
