import type { Report } from "../worker/message.ts";
import type { Reports } from "./reports.ts";

/** What a worker reports, handed to where the reports of a plane in this thread go. */
export function createHearing(reports: Reports, onLines: () => void): (report: Report) => void {
  return (message) => {
    switch (message.kind) {
      case "lines":
        onLines();
        break;
      case "record":
        reports.announced(message.record);
        break;
      case "selected":
        reports.selected?.(message, message.sessionId);
        break;
      case "dial-failed":
        reports.dialFailed(message, message.pool);
        break;
      case "ejected":
        reports.ejected(message, message.pool, message.error);
        break;
      case "returned":
        reports.returned(message, message.pool);
        break;
      case "short-of":
        reports.shortOf(message.code, message.count);
        break;
      case "table-full":
        reports.tableFull(message.listener, message.count);
        break;
      case "accept-failed":
        reports.acceptFailed("", message.code, message.count);
        break;
      case "internal":
        reports.failedInternally(errorOf(message), message.count);
        break;
    }
  };
}

function errorOf({ message, stack }: Extract<Report, { kind: "internal" }>): Error {
  const error = new Error(message);
  // Of the place where it happened, which is not here.
  error.stack = stack ?? message;
  return error;
}
