// How a session is called in logs, in lists and by an operator.

/** Where the number of a session counts. */
export interface SessionName {
  readonly worker: number;
  readonly number: number;
}

export function sessionId(instance: string, worker: number, number: number): string {
  return `${instance}-${worker}-${number.toString(36)}`;
}

/** Undefined for what this process has not given out. */
export function parseSessionId(instance: string, id: string): SessionName | undefined {
  const [givenBy, worker = "", number = "", ...rest] = id.split("-");
  const name = { worker: Number.parseInt(worker, 10), number: Number.parseInt(number, 36) };
  const isOurs = givenBy === instance && rest.length === 0 && sessionId(instance, name.worker, name.number) === id;
  return isOurs ? name : undefined;
}
