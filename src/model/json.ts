/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** An object that JSON can carry; a member that is undefined is not written. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Whether a value is an object that is neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object, or undefined where it is anything else. */
export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The member of an object where it is a string that is not empty. */
export function stringAt(value: unknown, key: string): string | undefined {
  const found = asObject(value)?.[key];
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The member of an object where it is an object. */
export function objectAt(value: unknown, key: string): JsonObject | undefined {
  return asObject(asObject(value)?.[key]);
}

/** The member of an object where it is an array. */
export function arrayAt(value: unknown, key: string): readonly Json[] | undefined {
  const found = asObject(value)?.[key];
  return Array.isArray(found) ? found : undefined;
}
