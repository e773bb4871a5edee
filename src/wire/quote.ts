const LONGEST = 100;

// What JSON leaves as it is: DEL, the C1 controls (0x9b starts a terminal sequence), the line ends of Unicode, and what
// turns the direction of text around.
const STILL_UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Text of the user's in a message: in double quotes, on one line, harmless to a terminal, and of bounded length. */
export function quote(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return JSON.stringify(shown).replace(STILL_UNSAFE, escaped);
}

/** A value of any type in a message. Objects are not printed: they can be large, and can hold what is secret. */
export function quoteValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

/** As quote(), without the quotes: for names that stand alone. */
export function printable(text: string): string {
  return quote(text).slice(1, -1);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
