// What the dashboard is made of: its own files and those of the chart library, under the paths that the page asks for.

import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";

/** A file of the dashboard, read once. */
export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The page asks nobody else for anything, and nothing in it that came as data can run. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Every file by its path: `/` is the page, the rest is below `/assets/`. What is not in it does not exist. None of them holds anything
 * that needs a token.
 */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const folder = new URL("./page/", import.meta.url);
  const own = readdirSync(folder).map((name) => ({ name, url: new URL(name, folder) }));
  const library = ["uPlot.esm.js", "uPlot.min.css"].map((name) => ({
    name,
    url: new URL(import.meta.resolve(`uplot/dist/${name}`)),
  }));
  const files = new Map<string, PageFile>();
  for (const { name, url } of [...own, ...library]) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) continue;
    files.set(name === "index.html" ? "/" : `/assets/${name}`, { contentType, body: readFileSync(url) });
  }
  return files;
}
