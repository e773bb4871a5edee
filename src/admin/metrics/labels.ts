// Sets of labels, each an object that lives as long as what it is about: prom-client turns such an object into text once.

export type Labels = Readonly<Record<string, string>>;

export const NO_LABELS: Labels = {};

const extended = new WeakMap<Labels, Map<string, Labels>>();

/** The same object for the same arguments. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const known = extended.get(labels) ?? new Map<string, Labels>();
  if (known.size === 0) extended.set(labels, known);
  const key = `${name}=${value}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = { ...labels, [name]: value };
  known.set(key, made);
  return made;
}

/** One set for each thing that there is: those of things that are not asked for in a round are forgotten after it. */
export class LabelSets {
  #last: ReadonlyMap<string, Labels> = new Map();
  #current = new Map<string, Labels>();

  /** Begins a round. */
  turn(): void {
    this.#last = this.#current;
    this.#current = new Map();
  }

  of(labels: Labels): Labels {
    const key = JSON.stringify(labels);
    const known = this.#last.get(key) ?? labels;
    this.#current.set(key, known);
    return known;
  }
}
