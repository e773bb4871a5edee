import type { Random } from "../clock.ts";
import type { ListenerSnapshot } from "./context.ts";

/** Less than it may be, by chance: sessions that began together need not end together. */
export function lifetimeMs(
  { maxLifetimeMs, maxLifetimeJitter }: Pick<ListenerSnapshot, "maxLifetimeMs" | "maxLifetimeJitter">,
  random: Random,
): number {
  return maxLifetimeJitter === 0 ? maxLifetimeMs : maxLifetimeMs * (1 - maxLifetimeJitter * random());
}
