import { fill as fillAll } from "../model/placeholders.ts";
import { StartFault } from "./fault.ts";

/** Puts values into `${…}`; `$${` becomes `${`. Throws a `StartFault` for a name that has none. */
export function fill(text: string, values: ReadonlyMap<string, string>): string {
  return fillAll(text, (name) => {
    const value = values.get(name);
    if (value !== undefined) return value;
    const known = [...values.keys()].map((one) => `\${${one}}`).join(", ") || "none";
    throw new StartFault(`\${${name}} has no value`, { remedy: `known here: ${known}` });
  });
}
