// What whoever asks takes as an answer (RFC 9110, 12.5.1).

/** Whether an Accept header takes this type, such as `application/json`. What can't be read takes everything. */
export function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === "") return true;
  const ranges = header.split(",").map(rangeOf);
  const [group = ""] = type.split("/");
  const best = [type, `${group}/*`, "*/*"]
    .map((wanted) => ranges.find(({ range }) => range === wanted))
    .find((found) => found !== undefined);
  return best === undefined ? false : best.quality > 0;
}

function rangeOf(text: string): { readonly range: string; readonly quality: number } {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
}
