/** In the order of the configuration; those that it does not name come last, in the order that they have. */
export function inOrder<Value>(
  values: ReadonlyMap<string, Value>,
  order: readonly { readonly name: string }[],
): Map<string, Value> {
  const places = new Map(order.map(({ name }, place) => [name, place]));
  const placeOf = (name: string): number => places.get(name) ?? places.size;
  return new Map([...values].sort(([one], [other]) => placeOf(one) - placeOf(other)));
}
