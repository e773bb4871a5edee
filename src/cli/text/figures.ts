// Figures as people read them: short, with a unit, and of about the same length whatever their size.

const byteUnits = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `0 B`, `999 B`, `1.2 KiB`, `120 MiB`. */
export function bytesText(bytes: number): string {
  let scaled = bytes;
  let unit = "B";
  for (const next of byteUnits) {
    // 1023.95 would be shown as 1024.
    if (scaled < (unit === "B" ? 1024 : 1023.5)) break;
    scaled /= 1024;
    unit = next;
  }
  if (unit === "B") return `${Math.round(scaled)} B`;
  return `${scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)} ${unit}`;
}

/** `12,345`. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number a second: `0`, `0.4`, `12`, `1,234`. */
export function rateText(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : countText(perSecond);
}

/** `0.4ms`, `12ms`, `3.2s`, `1m30s`, `3h12m`, `5d4h`. */
export function durationText(ms: number): string {
  if (ms < 999.5) return `${ms < 9.95 ? ms.toFixed(1) : ms.toFixed(0)}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, "m", seconds % 60, "s");
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? pair(hours, "h", minutes % 60, "m") : pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** As durationText, without fractions of a second: how long ago something was. */
export function ageText(ms: number): string {
  return ms < 59_500 ? `${Math.max(0, Math.round(ms / 1000))}s` : durationText(ms);
}

/** `1 session`, `2 sessions`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function pair(first: number, unit: string, second: number, smaller: string): string {
  return second === 0 ? `${first}${unit}` : `${first}${unit}${second}${smaller}`;
}
