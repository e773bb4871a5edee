// The page, put together.

import { createBanner } from "./banner.ts";
import { createCharts } from "./charts.ts";
import { createConfiguration } from "./configuration.ts";
import { createControls } from "./controls.ts";
import { createEnds } from "./ends.ts";
import { createEventList } from "./event-list.ts";
import { createFigures } from "./figures.ts";
import { createListeners } from "./listeners.ts";
import { createLogin } from "./login.ts";
import { createNotice } from "./notice.ts";
import { createOverrides } from "./overrides.ts";
import { createPools } from "./pools.ts";
import { Recent } from "./recent.ts";
import { createRequests, diagnose } from "./requests.ts";
import { createSessions } from "./sessions.ts";
import { Stream } from "./stream.ts";
import { Timeline } from "./timeline.ts";
import type { Part, View } from "./view.ts";
import { createWorkers } from "./workers.ts";

const recent = new Recent();
const timeline = new Timeline();
const notice = createNotice();
const login = createLogin({
  // A connection that is good stays: what happens while there is none is not told.
  onLogin() {
    if (!isLive) stream.connect();
  },
  onLogout: () => stream.connect(),
});
const requests = createRequests(() => login.ask("To change something here takes the token."));
const controls = createControls(requests, notice);
const events = createEventList(notice);
const banner = createBanner(() => stream.connect());
const parts: readonly Part[] = [
  createFigures(),
  createCharts(),
  createPools(controls),
  createListeners(),
  createEnds(),
  createWorkers(),
  createConfiguration(controls),
  createOverrides(controls),
  createSessions(requests, controls),
];
let latest: View | undefined;
let isLive = false;

/** Nobody looks at a page in the background; it catches up when somebody does. */
function show(): void {
  if (latest === undefined || document.hidden) return;
  for (const part of parts) part.show(latest);
}

const stream = new Stream({
  history(history) {
    recent.clear();
    timeline.begin(history);
  },
  stats(overview) {
    recent.add(overview);
    timeline.add(overview);
    latest = { overview, recent, timeline, nowMs: Date.parse(overview.status.at) };
    banner.figuresCame(Date.now());
    document.body.classList.remove("waiting");
    document.title = `${overview.status.ready ? "" : "✕ "}lb-tcp ${overview.status.instance}`;
    show();
  },
  ...events,
  onConnection(connection) {
    isLive = connection.kind === "live";
    banner.show(connection);
    if (connection.kind !== "locked") return;
    void login.ask("To read something here takes the token.");
  },
  diagnose: () => diagnose("api/v1/events"),
});

document.addEventListener("visibilitychange", show);
stream.connect();
