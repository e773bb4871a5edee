/** Undefined where the linux transport works here; otherwise why not, in words for a log line. */
export function whyNotLinux(): string | undefined {
  throw new Error("not yet");
}
