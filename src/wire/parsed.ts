/** What a parser gives: the value, or what is wrong with the text and what to write instead, in one line. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };
