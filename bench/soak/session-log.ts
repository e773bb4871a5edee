// What the access log tells about a soak. Pure.

/** Counts sessions by their end, without parsing millions of lines. */
export class SessionLog {
  readonly ends: Record<string, number> = {};
  /** `active.process` of the session that ended last: those that were still there. */
  lastActive: number | undefined;
  /** Sessions with a dial that failed before another one did not, or all did. */
  retried = 0;
  /** The last few lines that are no sessions, and no news about backends, which come and go here. */
  readonly remarks: string[] = [];
  #rest = "";

  /** Sessions that have ended. */
  get count(): number {
    return Object.values(this.ends).reduce((sum, count) => sum + count, 0);
  }

  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#note(line);
  }

  #note(line: string): void {
    const end = /"event":"session".*"end":"([a-z-]+)"/.exec(line)?.[1];
    if (end !== undefined) {
      this.ends[end] = (this.ends[end] ?? 0) + 1;
      if (line.includes('"failed":[{')) this.retried++;
      this.lastActive = Number(/"active":\{"process":(\d+)/.exec(line)?.[1]);
    } else if (/"level":"(warn|error|fatal)"/.test(line) && !/"event":"(ejected|returned|down|up)"/.test(line)) {
      this.remarks.push(line);
      if (this.remarks.length > 5) this.remarks.shift();
    }
  }
}
