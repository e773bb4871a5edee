// One session, one line of JSON. The keys and their order are an API (interface.md, "The access line"). Written by hand,
// because it runs once a connection on the data path and JSON.stringify takes twice as long.

import type { AccessLog, LogLevel } from "../config/options.ts";
import { logLevels } from "../config/options.ts";
import type { EndReason } from "../session/end.ts";
import { isOrderly } from "../session/end.ts";
import type { FailedDial, ProgressRecord, SessionRecord } from "../session/record.ts";
import { isoTime } from "./iso-time.ts";

/** The level of a session's line: info where the end was orderly, error where lb-tcp or its machine is to blame. */
export function accessLevel(end: EndReason): "info" | "warn" | "error" {
  if (end === "internal" || end === "local-resource" || end === "worker-failed") return "error";
  return isOrderly(end) ? "info" : "warn";
}

/** Whether a session with that end gets a line: `--access-log` and `--log-level` both have to agree. */
export function isAccessLogged(end: EndReason, access: AccessLog, level: LogLevel): boolean {
  if (access === "off" || (access === "errors" && isOrderly(end))) return false;
  return rankOf(accessLevel(end)) >= rankOf(level);
}

function rankOf(level: LogLevel): number {
  return logLevels.indexOf(level);
}

/** Whether a session that goes on gets a line, where that is wanted: nobody knows yet whether its end will be orderly. */
export function isProgressLogged(access: AccessLog, level: LogLevel): boolean {
  return access === "all" && rankOf("info") >= rankOf(level);
}

/** The access line of a session, with its newline; of one that goes on, its `progress`. */
export function accessLine(record: SessionRecord | ProgressRecord, wallMs: number): string {
  const { end } = record;
  const kind = end === null ? '"info","event":"progress"' : `"${accessLevel(end)}","event":"session"`;
  return (
    `{"time":"${isoTime(wallMs)}","level":${kind},"id":${text(record.id)}` +
    `,"listener":${text(record.listener)},"local":${text(record.local)},"client":${text(record.client)}` +
    `,"peer":${text(record.peer)},"pool":${text(record.pool)},"backend":${text(record.backend)}` +
    `,"backendAddress":${text(record.backendAddress)},"attempts":${number(record.attempts)}` +
    `,"failed":${dials(record.failed)},"protocol":${text(record.protocol)},"host":${text(record.host)}` +
    `,"method":${text(record.method)},"path":${text(record.path)},"sni":${text(record.sni)}` +
    `,"alpn":${text(record.alpn)},"tlvs":${record.tlvs === null ? "null" : JSON.stringify(record.tlvs)},"status":${number(record.status)},"peekMs":${number(record.peekMs)}` +
    `,"queueMs":${number(record.queueMs)},"dialMs":${number(record.dialMs)}` +
    `,"firstByteMs":${number(record.firstByteMs)},"durationMs":${number(record.durationMs)}` +
    `,"bytesUp":${number(record.bytesUp)},"bytesDown":${number(record.bytesDown)},"end":${end === null ? "null" : `"${end}"`}` +
    `,"error":${text(record.error)},"active":{"process":${number(record.active.process)}` +
    `,"listener":${number(record.active.listener)},"backend":${number(record.active.backend)}}` +
    `,"worker":${number(record.worker)}}\n`
  );
}

// Any character but those that JSON takes as they are (RFC 8259 section 7). Surrogates count too: alone they are not
// UTF-8, and in pairs they are rare enough to be left to JSON.stringify.
const needsEscape = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function text(value: string | null): string {
  if (value === null) return "null";
  return needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/** As JSON.stringify does: what JSON has no word for becomes null. */
function number(value: number | null): string {
  return value !== null && Number.isFinite(value) ? `${value}` : "null";
}

function dials(failed: readonly FailedDial[]): string {
  if (failed.length === 0) return "[]";
  return `[${failed.map(({ backend, error }) => `{"backend":${text(backend)},"error":${text(error)}}`).join(",")}]`;
}
