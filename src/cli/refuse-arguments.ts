import { DiscoverError } from "../model/errors.ts";
import { shown } from "../targets/token.ts";

/** Throws `bad-option` where a command that takes no arguments got some. */
export function refuseArguments(command: string, args: readonly string[]): void {
  const [first] = args;
  if (first === undefined) return;
  const host = `for a host of that name: discover -- ${command}`;
  throw new DiscoverError(
    "bad-option",
    `'discover ${command}' takes no arguments, not ${shown(first)}; ${host}`,
  );
}
