import type { Backend } from "./backend.ts";

/** A backend that is not in its pool yet. */
export interface PreparedBackend {
  readonly backend: Backend;
  /** Its addresses are known, or are known not to be. */
  readonly located: Promise<void>;
}

/** What has become of a pool that was configured anew. */
export interface PoolChanged {
  /** Of backends that it has no more. */
  readonly rows: readonly number[];
  readonly events: readonly { readonly event: "added" | "removed"; readonly name: string }[];
}
