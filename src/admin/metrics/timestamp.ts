/** Seconds since 1970. @param isoTime As `isoTime` of observe/ makes it. */
export function timestampOf(isoTime: string): number {
  // oxlint-disable-next-line no-restricted-globals -- It reads no clock.
  return Date.parse(isoTime) / 1_000;
}
