// An eventfd: what wakes a loop that waits in epoll_wait(2).

export function openBell(): number {
  throw new Error("not yet");
}

export function ringBell(_bell: number): void {
  throw new Error("not yet");
}

export function closeBell(_bell: number): void {
  throw new Error("not yet");
}
