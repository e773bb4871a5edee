// As much of JSON Schema 2020-12 as the OpenAPI document uses: what else a schema holds is an error of the test.

type Json = Readonly<Record<string, unknown>>;

const KNOWN = new Set(
  "$ref anyOf type enum const minimum maximum format description properties required additionalProperties propertyNames items".split(
    " ",
  ),
);

/** What is wrong with a value, a line each. A property that an object's schema does not name is wrong, too. */
export function schemaMistakes(value: unknown, schema: Json, root: Json, path = "$"): string[] {
  const unknown = Object.keys(schema).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`the checker does not know ${unknown.join(", ")}`);
  const { $ref, anyOf } = schema;
  if (typeof $ref === "string") return schemaMistakes(value, resolved($ref, root), root, path);
  if (Array.isArray(anyOf)) {
    const each = anyOf.map((one: Json) => schemaMistakes(value, one, root, path));
    const fewest = each.toSorted((one, other) => one.length - other.length)[0] ?? [];
    return each.some((mistakes) => mistakes.length === 0) ? [] : fewest;
  }
  return [
    ...valueMistakes(value, schema).map(
      (mistake) => `${path}: ${mistake}, got ${String(JSON.stringify(value)).slice(0, 80)}`,
    ),
    ...(Array.isArray(value) && isSchema(schema["items"])
      ? value.flatMap((item, index) => schemaMistakes(item, schema["items"] as Json, root, `${path}[${index}]`))
      : []),
    ...(isSchema(value) && !Array.isArray(value) ? propertyMistakes(value, schema, root, path) : []),
  ];
}

function valueMistakes(value: unknown, { type, enum: words, const: only, minimum, maximum, format }: Json): string[] {
  return [
    ...(typeof type === "string" && !isOfType(value, type) ? [`expected ${type}`] : []),
    ...(Array.isArray(words) && !words.includes(value) ? [`expected one of ${words.join(", ")}`] : []),
    ...(only !== undefined && only !== value ? [`expected ${JSON.stringify(only)}`] : []),
    ...(typeof minimum === "number" && typeof value === "number" && value < minimum ? [`expected >= ${minimum}`] : []),
    ...(typeof maximum === "number" && typeof value === "number" && value > maximum ? [`expected <= ${maximum}`] : []),
    ...(format === "date-time" && typeof value === "string" && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)
      ? ["expected a time"]
      : []),
  ];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "object":
      return isSchema(value) && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function propertyMistakes(value: Json, schema: Json, root: Json, path: string): string[] {
  const { properties, required, additionalProperties, propertyNames } = schema;
  const named = isSchema(properties) ? properties : {};
  const missing = (Array.isArray(required) ? required : []).filter((name: string) => !(name in value));
  return [
    ...missing.map((name: string) => `${path}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, each]) => {
      const own = named[name];
      const mistakes = isSchema(propertyNames) ? schemaMistakes(name, propertyNames, root, `${path} name`) : [];
      if (isSchema(own)) return [...mistakes, ...schemaMistakes(each, own, root, `${path}.${name}`)];
      if (isSchema(additionalProperties)) {
        return [...mistakes, ...schemaMistakes(each, additionalProperties, root, `${path}.${name}`)];
      }
      return properties === undefined ? mistakes : [...mistakes, `${path}.${name}: not in the schema`];
    }),
  ];
}

function resolved(reference: string, root: Json): Json {
  let place: unknown = root;
  for (const step of reference.replace(/^#\//, "").split("/")) place = isSchema(place) ? place[step] : undefined;
  if (!isSchema(place)) throw new Error(`${reference} leads nowhere`);
  return place;
}

function isSchema(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
