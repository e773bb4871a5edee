// Pages of a list that stands still.

import { configError } from "../errors.ts";
import type { Page } from "./answers.ts";

const DEFAULT_LIMIT = 100;
const MOST_AT_ONCE = 1_000;

/** @throws LbError `LB_CONFIG` */
export function limitOf(query: ReadonlyMap<string, string>): number {
  const text = query.get("limit");
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_AT_ONCE) return limit;
  throw configError([
    { path: "limit", message: `got ${JSON.stringify(text)}, expected a whole number from 1 to 1,000` },
  ]);
}

/** A page by `limit` and `cursor`. @throws LbError `LB_CONFIG` */
export function pageOf<Item>(all: readonly Item[], query: ReadonlyMap<string, string>): Page<Item> {
  const limit = limitOf(query);
  const cursor = query.get("cursor") ?? "0";
  if (!/^\d{1,9}$/.test(cursor)) {
    const message = "expected the cursor of an earlier answer; leave it out to begin";
    throw configError([{ path: "cursor", message }]);
  }
  const from = Number(cursor);
  const next = from + limit;
  return { items: all.slice(from, next), cursor: next < all.length ? String(next) : null };
}
