// Short names for parts of what the admin address answers.

import type { Overview, SessionsAnswer } from "#answers";

export type Status = Overview["status"];
export type Listener = Overview["listeners"][number];
export type Pool = Overview["pools"][number];
export type Backend = Pool["backends"][number];
export type Override = Overview["overrides"][number];
export type Worker = Status["workers"][number];
export type Session = SessionsAnswer["items"][number];
