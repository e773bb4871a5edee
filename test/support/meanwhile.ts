/**
 * For what goes on beside other steps of a test and is waited for after them. When one of these fails, the fixtures' end
 * breaks this off, too: nobody waits for it any more then, and what failed first is what the test reports.
 */
export function meanwhile<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
