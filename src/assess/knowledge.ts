import { createHash } from "node:crypto";

import { entryOf } from "../catalog/entry-of.ts";
import { isWanted } from "../inventory/wanted.ts";
import type { Catalog, CatalogEntry } from "../model/catalog.ts";
import type { Knowledge } from "../model/plan.ts";

/** They say how a service is spoken to, and not what it is. */
const GENERIC: ReadonlySet<string> = new Set(["http", "grpc"]);

/** What the planner is told of kinds of service, out of the catalog: by type, product or category (`llm`). */
export function knowledgeOf(catalog: Catalog, satisfies: Knowledge["satisfies"]): Knowledge {
  const entriesOf = (word: string): readonly CatalogEntry[] => {
    const entry = entryOf(word, catalog);
    return entry === undefined ? catalog.entries.filter(({ category }) => category === word) : [entry];
  };
  return {
    isNamed: (service, word) =>
      isWanted(service, word, catalog) || (entryOf(word, catalog) === undefined && service.category === word),
    isGeneric: (type) => GENERIC.has(type),
    isProduct: (word) => catalog.get(word) === undefined && entryOf(word, catalog) !== undefined,
    portsOf: (word) => [...new Set(entriesOf(word).flatMap(likeliestFirst))],
    categoryOf: (word) => entriesOf(word)[0]?.category ?? "unknown",
    satisfies,
    digest: (text) => createHash("sha256").update(text).digest("hex"),
  };
}

/** Without TLS, ascending, then with it. */
function likeliestFirst({ ports, tlsPorts = [] }: CatalogEntry): number[] {
  return ports.toSorted((a, b) => Number(tlsPorts.includes(a)) - Number(tlsPorts.includes(b)) || a - b);
}
