import type { Name } from "./message.ts";
import { nameKey } from "./name.ts";

/**
 * The names that a name may stand for, in the order in which to try them (resolv.conf(5), `search` and `ndots`): with
 * so many dots, as it stands first, and in each domain else. Each once.
 */
export function searchNames(name: Name, search: readonly Name[], ndots: number): Name[] {
  const inDomains = search.map((domain) => [...name, ...domain]);
  const all = name.length > ndots ? [name, ...inDomains] : [...inDomains, name];
  return all.filter((one, at) => all.findIndex((other) => nameKey(other) === nameKey(one)) === at);
}
