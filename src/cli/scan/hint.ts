import { messageOf } from "../../model/error-code.ts";
import { nearest } from "../../model/nearest.ts";
import type { Invocation } from "../command.ts";

/**
 * One line for who typed `discover confg`: it was taken for a host name. Only where something went wrong with it:
 * `trouble` is an error or warnings, and names it.
 */
export function commandHint({ args, commands }: Invocation, trouble: unknown): string | undefined {
  const [word, ...others] = args;
  if (word === undefined || others.length > 0) return undefined;
  const text = typeof trouble === "string" ? trouble : messageOf(trouble);
  const meant = nearest(word, commands);
  if (meant === undefined || !text.includes(word)) return undefined;
  return `'${word}' was taken for a host name — did you mean 'discover ${meant}'?`;
}
