// What a reader of first bytes says. Every reader in wire/ keeps this contract: any split of the bytes leads to the same
// verdict, nothing past the cap is read, nothing is thrown, and the time is bounded by the bytes.

/** `match`: it is that, and it is complete. `no`: it can't become that. `more`: it may, with at least `atLeast` bytes in all. */
export type Verdict<Value> =
  | {
      readonly kind: "match";
      readonly value: Value;
      /** How many bytes it takes; what follows is somebody else's. */
      readonly byteCount: number;
    }
  | { readonly kind: "no" }
  | {
      readonly kind: "more";
      /** With fewer bytes than these in all, the verdict stays the same. */
      readonly atLeast: number;
    };
