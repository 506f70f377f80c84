import { entryOf } from "../catalog/entry-of.ts";
import { isWanted } from "../inventory/wanted.ts";
import type { Catalog } from "../model/catalog.ts";
import type { Knowledge } from "../model/plan.ts";

/** What the planner is told of kinds of service, out of the catalog. */
export function knowledgeOf(catalog: Catalog, satisfies: Knowledge["satisfies"]): Knowledge {
  const entry = (type: string) => entryOf(type.toLowerCase(), catalog);
  return {
    isNamed: (service, type) => isWanted(service, type, catalog),
    portsOf: (type) => entry(type)?.ports.toSorted((a, b) => a - b) ?? [],
    categoryOf: (type) => entry(type)?.category ?? "unknown",
    satisfies,
  };
}
