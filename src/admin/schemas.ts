// The schemas of all answers and bodies: JSON Schema 2020-12, as OpenAPI 3.1 has it.

type Json = Readonly<Record<string, unknown>>;

export const schemas: Readonly<Record<string, Json>> = {
  Any: {},
};
