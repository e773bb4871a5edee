// One run of all micro benchmarks, as a process: each run has a compiler that has seen nothing else.

import { measureCidrs } from "./cidr.ts";
import { measureLimits } from "./limits.ts";
import { measurePicks } from "./pick.ts";
import { measureProxyHeaders } from "./proxy-header.ts";
import { measureRing } from "./ring.ts";
import { measureRoutes } from "./route.ts";
import { measureWheel } from "./wheel.ts";

process.stdout.write(
  JSON.stringify({
    ...measurePicks(),
    ...measureWheel(),
    ...measureRing(),
    ...measureCidrs(),
    ...measureLimits(),
    ...measureRoutes(),
    ...measureProxyHeaders(),
  }),
);
