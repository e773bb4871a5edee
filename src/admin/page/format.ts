// Figures as people read them. Pure: the time is handed in.

const KIBI = 1024;
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MILLION = 1_000_000;
const BILLION = 1_000_000_000;

/** What stands where there is nothing to say. */
export const NOTHING = "–";

/** 1,234; 12.3 M from ten million on, which no column has room for. */
export function formatCount(count: number): string {
  if (count >= 10 * BILLION) return `${digits(count / BILLION)} G`;
  if (count >= 10 * MILLION) return `${digits(count / MILLION)} M`;
  return grouped(Math.round(count));
}

/** Of something a second, without the unit: 0, 0.4, 12.5, 1,234. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond < 0.1) return "<0.1";
  return perSecond < 100 ? (Math.round(perSecond * 10) / 10).toString() : formatCount(perSecond);
}

/** 512 B, 1.5 KiB, 20.1 MiB. */
export function formatBytes(byteCount: number): string {
  let value = byteCount;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= KIBI;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : digits(value)} ${BYTE_UNITS[unit]}`;
}

/** 0.4 ms, 12 ms, 1.2 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function formatDuration(durationMs: number): string {
  if (durationMs < SECOND_MS) return `${digits(durationMs)} ms`;
  if (durationMs < MINUTE_MS) return `${digits(durationMs / SECOND_MS)} s`;
  if (durationMs < HOUR_MS) return twoUnits(durationMs, MINUTE_MS, "min", SECOND_MS, "s");
  if (durationMs < DAY_MS) return twoUnits(durationMs, HOUR_MS, "h", MINUTE_MS, "min");
  return twoUnits(durationMs, DAY_MS, "d", HOUR_MS, "h");
}

/** Whole units, so that it doesn't flicker: `now`, `5 s ago`, `3 min ago`. */
export function formatAgo(ageMs: number): string {
  if (ageMs < 1_500) return "now";
  return `${wholeUnits(ageMs)} ago`;
}

/** `in 5 s`; `now` when it is over. */
export function formatIn(leftMs: number): string {
  return leftMs <= 500 ? "now" : `in ${wholeUnits(leftMs)}`;
}

/** 12.3 %, <0.1 %. */
export function formatShare(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  return `${Math.round(percent * 10) / 10} %`;
}

/** Of that day, in the zone of whoever looks: 20:15:03. */
export function formatTime(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** With the day, where that is another one than today. */
export function formatMoment(iso: string, nowMs: number): string {
  const at = new Date(iso);
  if (at.toDateString() === new Date(nowMs).toDateString()) return formatTime(at.getTime());
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${day.join("-")} ${formatTime(at.getTime())}`;
}

function wholeUnits(durationMs: number): string {
  if (durationMs < MINUTE_MS) return `${Math.round(durationMs / SECOND_MS)} s`;
  if (durationMs < HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)} min`;
  return formatDuration(durationMs);
}

function twoUnits(durationMs: number, unitMs: number, unit: string, partMs: number, part: string): string {
  const whole = Math.floor(durationMs / unitMs);
  const rest = Math.floor((durationMs % unitMs) / partMs);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${part}`;
}

/** Two significant digits behind nothing, none from ten on. */
function digits(value: number): string {
  if (value >= 100) return grouped(Math.round(value));
  if (value >= 10) return String(Math.round(value * 10) / 10);
  return String(Math.round(value * 100) / 100);
}

function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
}
