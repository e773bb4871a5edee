/** The fields that are there: an option that is left out has no key at all. */
export function defined<T extends object>(fields: { readonly [Name in keyof T]: T[Name] | undefined }): T {
  // The one place where the compiler can't see that what is left is T.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
