import { StartFault } from "./fault.ts";

/** `${name}`, and `$${` for what is to stay as it is. */
const PLACE = /\$(?:\$(?=\{)|\{([^{}]*)\})/g;

/** Puts values into `${…}`; `$${` becomes `${`. Throws a `StartFault` for a name that has none. */
export function fill(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(PLACE, (_whole, name?: string) => {
    if (name === undefined) return "$";
    const value = values.get(name);
    if (value !== undefined) return value;
    const known = [...values.keys()].map((one) => `\${${one}}`).join(", ") || "none";
    throw new StartFault(`\${${name}} has no value`, { remedy: `known here: ${known}` });
  });
}
