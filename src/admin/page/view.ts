// What there is to show: handed to every part of the page once a second.

import type { Overview } from "#answers";
import type { Recent } from "./recent.ts";
import type { Timeline } from "./timeline.ts";

export interface View {
  readonly overview: Overview;
  readonly recent: Recent;
  readonly timeline: Timeline;
  /** By the server's clock: its times are compared with it. Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A part of the page. */
export interface Part {
  show(view: View): void;
}
