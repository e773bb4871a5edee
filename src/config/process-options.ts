/** What concerns the process and not the balancer. */
export interface ProcessOptions {
  readonly shutdownDelayMs: number;
  readonly drainTimeoutMs: number;
}
