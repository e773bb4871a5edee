import fc from "fast-check";

const atom = fc.constantFrom("a", "b", "/", ".", "[ab]", "[^a]", "\\w", "\\d", "x");
const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "{0}");

/** Regular expressions of what routes know, few characters told apart, so that much of them overlaps. */
export const anyRegex: fc.Arbitrary<string> = fc.letrec<{ expression: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    atom,
    fc.constantFrom("^", "$"),
    fc.tuple(tie("expression"), tie("expression")).map(([left, right]) => `(${left}|${right})`),
    tie("expression").map((inner) => `(?:${inner})`),
  ),
  expression: fc
    .array(fc.tuple(tie("item"), quantifier), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([item, times]) => (/^[\^$]$/.test(item) ? item : item + times)).join("")),
})).expression;
