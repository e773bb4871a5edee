// The text of /proc/PID/stat and /proc/stat. Pure. See proc(5).

/** In user space the kernel counts in hundredths of a second on every architecture that Node runs on (USER_HZ). */
const TICKS_PER_S = 100;

/** The CPU time of a process with all its threads, dead ones included, and of the children that it has waited for. */
export function processCpuS(stat: string): number {
  // The name stands in parentheses and may hold any character; what follows the last one is fields 3 and on.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number);
  const ticks = (user ?? NaN) + (system ?? NaN) + (childrenUser ?? NaN) + (childrenSystem ?? NaN);
  if (Number.isNaN(ticks)) throw new Error(`not the text of /proc/PID/stat: ${stat}`);
  return ticks / TICKS_PER_S;
}

/** The CPU time that the whole machine was busy since it started: everything but idle, waiting for a disk, and stolen. */
export function machineCpuS(stat: string): number {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1];
  if (line === undefined) throw new Error(`not the text of /proc/stat: ${stat.slice(0, 100)}`);
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = line.split(" ").map(Number);
  return (user + nice + system + interrupts + softInterrupts) / TICKS_PER_S;
}

/** `VmRSS` of /proc/PID/status. */
export function residentBytes(status: string): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error("the process has no memory any more: it has ended");
  return Number(kibibytes) * 1024;
}
