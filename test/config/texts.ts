import fc from "fast-check";

/** Any text, and text made of the characters that matter to a parser. */
export function hostileText(characters: string): fc.Arbitrary<string> {
  const relevant = fc.string({ unit: fc.constantFrom(...characters.split("")), maxLength: 40 });
  return fc.oneof(relevant, fc.string({ unit: "binary", maxLength: 300 }), fc.string());
}
