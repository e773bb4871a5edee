import { constants } from "node:os";

const codes: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([code, number]) => [number, code] as const),
);

/** `ECONNRESET` for 104: the names that Node's errors have. */
export function codeOf(errno: number): string {
  return codes.get(errno) ?? `errno ${errno}`;
}

/** An error as Node's own system errors are: `code` tells what failed. */
export function systemError(call: string, errno: number): Error {
  const code = codeOf(errno);
  return Object.assign(new Error(`${call}: ${code}`), { code, errno: -errno, syscall: call });
}
