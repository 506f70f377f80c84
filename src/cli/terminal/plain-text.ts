import type { Json } from "../../model/json.ts";

/** A value as people write it: a list with `separator` between its items, nothing for null. */
export function plainText(value: Json, separator: string): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map((item) => plainText(item, separator)).join(separator);
  return typeof value === "string" ? value : JSON.stringify(value);
}
