// Log lines for people on a terminal. Everything in a line may come from a stranger (a path, a host name), so nothing
// that a terminal would obey gets through, and no input makes this throw.

export interface PrettyOptions {
  /** ANSI colours. */
  readonly color: boolean;
}

type Fields = Readonly<Record<string, unknown>>;
type Paint = (text: string, style: Style) => string;

const styles = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Style = keyof typeof styles;

const levelStyles: ReadonlyMap<unknown, Style> = new Map([
  ["info", "green"],
  ["warn", "yellow"],
  ["error", "red"],
]);

/** One line of JSON as one compact line, with its newline. What is not a JSON object comes back as it is. */
export function prettyLine(json: string, options: PrettyOptions): string {
  try {
    const fields: unknown = JSON.parse(json);
    if (isFields(fields)) return `${layout(fields, options.color ? paintAnsi : paintNothing)}\n`;
  } catch {
    // Not JSON, or nested too deeply to be written again.
  }
  return `${harmless(json.replace(/\r?\n$/, ""))}\n`;
}

function layout(fields: Fields, paint: Paint): string {
  const time = paint(timeOfDay(fields["time"]), "dim");
  const style = levelStyles.get(fields["level"]) ?? "dim";
  const start = `${time} ${paint(shown(fields["level"]).toUpperCase().padEnd(5), style)}`;
  const body = isAccess(fields["event"]) ? sessionBody(fields, paint, style) : eventBody(fields, paint);
  return `${start} ${body}`;
}

function isAccess(event: unknown): boolean {
  return event === "session" || event === "progress";
}

// What an access line is reduced to: who, where, how much, how long, why; and what went wrong.
function sessionBody(fields: Fields, paint: Paint, style: Style): string {
  const parts = [
    `${shown(fields["client"])} → ${paint(destination(fields), "cyan")}`,
    request(fields),
    `↑${bytes(fields["bytesUp"])} ↓${bytes(fields["bytesDown"])}`,
    duration(fields["durationMs"]),
    paint(fields["event"] === "progress" ? "goes on" : shown(fields["end"]), style),
    ...failedDials(fields["failed"]).map((dial) => paint(dial, "yellow")),
    typeof fields["error"] === "string" ? paint(harmless(fields["error"]), "red") : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function destination(fields: Fields): string {
  const { backend, backendAddress, pool } = fields;
  if (typeof backend !== "string") return typeof pool === "string" ? shown(pool) : "-";
  // A backend without a name of its own is called by its address.
  if (typeof backendAddress !== "string" || backend.endsWith(backendAddress)) return harmless(backend);
  return harmless(`${backend} (${backendAddress})`);
}

function request(fields: Fields): string {
  const { method, host, path, sni, status } = fields;
  const target = `${typeof host === "string" ? host : ""}${typeof path === "string" ? path : ""}`;
  const parts = [method, target === "" ? sni : target, status].filter((part) => part !== null && part !== undefined);
  return parts.map(shown).join(" ");
}

function failedDials(failed: unknown): string[] {
  if (!Array.isArray(failed)) return [];
  return failed.filter(isFields).map((dial) => `${shown(dial["backend"])}: ${shown(dial["error"])}`);
}

const keysOfEveryLine: ReadonlySet<string> = new Set(["time", "level", "event", "message"]);

function eventBody(fields: Fields, paint: Paint): string {
  const pairs = Object.entries(fields)
    .filter(([key, value]) => value !== null && !keysOfEveryLine.has(key))
    .map(([key, value]) => `${paint(`${harmless(key)}=`, "dim")}${quoted(value)}`);
  return [shown(fields["message"] ?? fields["event"]), ...pairs].join(" ");
}

/** As in `key=value`: quoted where the end of the value could be in doubt. */
function quoted(value: unknown): string {
  if (typeof value !== "string") return shown(value);
  return harmless(/^[^\s"=]+$/.test(value) ? value : JSON.stringify(value));
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "-";
  return harmless(typeof value === "string" ? value : JSON.stringify(value));
}

/** UTC, as in the JSON line: `03:05:07.123Z`. */
function timeOfDay(time: unknown): string {
  return typeof time === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time) ? time.slice(11) : shown(time);
}

const byteUnits = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;

function bytes(value: unknown): string {
  if (typeof value !== "number") return shown(value);
  let scaled = value;
  let unit = "B";
  for (const next of byteUnits) {
    // 1023.95 would be shown as 1024.0.
    if (scaled < (unit === "B" ? 1024 : 1023.95)) break;
    scaled /= 1024;
    unit = next;
  }
  return unit === "B" ? `${scaled}B` : `${scaled.toFixed(1)}${unit}`;
}

function duration(value: unknown): string {
  if (typeof value !== "number") return shown(value);
  if (value < 999.5) return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}ms`;
  const seconds = value / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes}m${Math.round(seconds) % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}

// Control characters of both ranges (C1 holds a one-character CSI), line and paragraph separators, and what changes the
// direction of text, with which a line can be made to read differently (CVE-2021-42574).
const unsafeCharacters = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The same text with such characters written as JSON would write them. */
function harmless(text: string): string {
  return text.replace(unsafeCharacters, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function paintAnsi(text: string, style: Style): string {
  return text === "" ? "" : `\u001b[${styles[style]}m${text}\u001b[0m`;
}

function paintNothing(text: string): string {
  return text;
}
