// The words of what is measured, shared by scenarios, report and chart. Types only.

/** A figure that a scenario gives for each subject. */
export interface Metric {
  /** Among the scenario's. */
  readonly key: string;
  /** Column heading with its unit, such as `CPU µs a request`. */
  readonly label: string;
  readonly decimals: number;
  /** Whose figure it is divided by, for subjects with as many workers. */
  readonly comparedWith: readonly ReferenceFamily[];
}

export type ReferenceFamily = "haproxy" | "haproxy-splice";

/** By the key of the metric. */
export type Readings = Readonly<Record<string, number>>;

/** What one subject did in one scenario of one rotation. */
export interface Sample {
  readonly scenario: string;
  readonly subject: string;
  readonly rotation: number;
  readonly readings: Readings;
}

/** Why there is no sample. */
export interface Failure {
  /** Undefined when the subject does not even start. */
  readonly scenario: string | undefined;
  readonly subject: string;
  readonly reason: string;
}
