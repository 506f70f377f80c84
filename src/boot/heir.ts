import type { Owner } from "../disk/owner.ts";
import { isThere } from "../disk/owner.ts";
import { readListeners } from "../net/proc.ts";
import { carriersOf, ownerNow } from "./process-table.ts";
import type { CommandRecord } from "./records.ts";

/**
 * The process that a service goes on in: the recorded one; else one that carries its token; undefined where there is none.
 * A daemon forks and ends, and its child inherits the token.
 */
export function livingOwner({ owner, token }: Pick<CommandRecord, "owner" | "token">): Owner | undefined {
  if (owner !== null && isThere(owner)) return owner;
  const [first] = carriersOf(token);
  return first === undefined ? undefined : { pid: first.pid, since: first.since };
}

/**
 * Who listens at a service's port since it was started. A daemon may have written its title over the environment, and the
 * token with it (nginx and PostgreSQL do); but the port was free, and kept for this service, when it was started.
 */
export function ownerByPort({ owner, ports }: Pick<CommandRecord, "owner" | "ports">): Owner | undefined {
  if (owner === null || owner.since === "") return undefined;
  for (const { port, process } of readListeners()) {
    if (process === undefined || !ports.includes(port)) continue;
    const found = ownerNow(process.pid);
    if (found !== undefined && Number(found.since) >= Number(owner.since)) return found;
  }
  return undefined;
}
