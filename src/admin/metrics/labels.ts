// Labels as the text of a series, `pool="web",backend="a"`: made once for each thing, and written many times.

/** @param labels Names and values; a value may be any text. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}

/** @param value A word that needs no escape. */
export function withLabel(text: string, name: string, value: string): string {
  return text === "" ? `${name}="${value}"` : `${text},${name}="${value}"`;
}

// https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
