import type { JsonObject } from "../../model/json.ts";

type OptionalField<T> = { [Field in keyof T]-?: object extends Pick<T, Field> ? Field : never }[keyof T] &
  string;

/**
 * The schema of an object with exactly the members of `T`: one that is missing here, or too many, does not compile.
 * All are required but those that `optional` names.
 */
export function closedObject<T>(
  description: string,
  properties: { readonly [Field in keyof T]-?: JsonObject },
  optional: readonly OptionalField<T>[] = [],
): JsonObject {
  const left: ReadonlySet<string> = new Set(optional);
  const required = Object.keys(properties).filter((field) => !left.has(field));
  return { type: "object", description, properties, required, additionalProperties: false };
}

/** Text. */
export function text(description: string): JsonObject {
  return { type: "string", description };
}

/** A moment: RFC 3339, which is ISO 8601 with date, time and offset. */
export function moment(description: string): JsonObject {
  return { type: "string", format: "date-time", description };
}

/** A whole number, from 0 where `minimum` is not given. */
export function whole(description: string, minimum = 0): JsonObject {
  return { type: "integer", minimum, description };
}

/** A number that is not negative. */
export function amount(description: string): JsonObject {
  return { type: "number", minimum: 0, description };
}

/** Text or null. */
export function textOrNull(description: string): JsonObject {
  return { type: ["string", "null"], description };
}

/** A list of text. */
export function texts(description: string, minItems = 0): JsonObject {
  return { type: "array", items: { type: "string" }, minItems, description };
}

/** One of the keys of `meanings`, which come after the description. */
export function oneOf(description: string, meanings: Readonly<Record<string, string>>): JsonObject {
  const explained = Object.entries(meanings).map(([value, meaning]) => `${value}: ${meaning}`);
  return {
    type: "string",
    enum: Object.keys(meanings),
    description: `${description} ${explained.join("; ")}.`,
  };
}
