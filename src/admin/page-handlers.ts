// The dashboard's files.

import { createHash } from "node:crypto";
import type { DashboardMode } from "../config/admin-options.ts";
import type { Call, Handler } from "./call.ts";
import { PAGE_POLICY, readPageFiles } from "./page-files.ts";
import { bytes, type Headers, problem, type Reply } from "./reply.ts";

interface Shown {
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
}

export function pageHandlers(dashboard: DashboardMode): Readonly<Record<string, Handler>> {
  const files = dashboard === "off" ? new Map<string, Shown>() : shownFiles();
  const show = (path: string, { request }: Call): Reply => {
    const file = files.get(path);
    if (file === undefined) {
      return problem(
        404,
        dashboard === "off" ? "there is no dashboard here: it is off" : "the dashboard has no such file",
      );
    }
    // Asked for each time, and sent again only when lb-tcp is another version.
    const headers: Headers = { "cache-control": "no-cache", etag: file.etag, "content-security-policy": PAGE_POLICY };
    if (request.headers["if-none-match"] === file.etag) return { kind: "empty", status: 304, headers };
    return bytes(file.body, file.contentType, 200, headers);
  };
  return {
    "GET /": (call) => show("/", call),
    "GET /assets/{file}": (call) => show(`/assets/${call.parameters["file"] ?? ""}`, call),
  };
}

function shownFiles(): ReadonlyMap<string, Shown> {
  return new Map(
    [...readPageFiles()].map(([path, { contentType, body }]) => {
      const hash = createHash("sha256").update(body).digest("base64url").slice(0, 22);
      return [path, { contentType, body, etag: `"${hash}"` }];
    }),
  );
}
