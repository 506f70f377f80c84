import type { Owner } from "../disk/owner.ts";
import { isThere } from "../disk/owner.ts";
import { carriersOf } from "./process-table.ts";
import type { CommandRecord } from "./records.ts";

/**
 * The process that a service goes on in: the recorded one; else one that carries its token; undefined where there is none.
 * A daemon forks and ends, and its child inherits that.
 */
export function livingOwner({ owner, token }: Pick<CommandRecord, "owner" | "token">): Owner | undefined {
  if (owner !== null && isThere(owner)) return owner;
  const [first] = carriersOf(token);
  return first === undefined ? undefined : { pid: first.pid, since: first.since };
}
