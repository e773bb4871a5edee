import assert from "node:assert/strict";

/** A line of about 500 bytes, as long as an access line. */
export function numberedLine(n: number): string {
  return `${JSON.stringify({ event: "session", n, filler: "é".repeat(230) })}\n`;
}

export interface Received {
  /** Numbered lines. */
  readonly lineCount: number;
  /** What lines of the event log-dropped confess to. */
  readonly reportedCount: number;
}

/** Takes apart what was written: whole lines only, none twice, in order. */
export function receivedLines(text: string): Received {
  let lineCount = 0;
  let reportedCount = 0;
  let lastNumber = -1;
  const lines = text.split("\n");
  assert.equal(lines.pop(), "", "the last line is whole");
  for (const line of lines) {
    const fields = JSON.parse(line);
    if (fields.event === "log-dropped") {
      reportedCount += fields.count;
      continue;
    }
    assert.equal(`${line}\n`, numberedLine(fields.n));
    assert.ok(fields.n > lastNumber, `${fields.n} comes after ${lastNumber}`);
    lastNumber = fields.n;
    lineCount += 1;
  }
  return { lineCount, reportedCount };
}
