import { access } from "node:fs/promises";
import { resolve } from "node:path";

import { messageOf } from "../../model/error-code.ts";
import { nearest } from "../../model/nearest.ts";
import { shown } from "../../targets/token.ts";
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

/** One line where a run has left its checkpoint behind: it is taken away where there is nothing more to do. */
export async function keptHint(checkpoint: string | undefined, cwd: string): Promise<string | undefined> {
  if (checkpoint === undefined) return undefined;
  return access(resolve(cwd, checkpoint)).then(
    () => `kept in ${shown(checkpoint)}: the same command goes on from there`,
    () => undefined,
  );
}
