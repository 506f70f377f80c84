import type { Catalog, CatalogEntry } from "../model/catalog.ts";

/** A catalog of the given entries. */
export function createCatalog(entries: readonly CatalogEntry[]): Catalog {
  const byType = new Map(entries.map((entry) => [entry.type, entry]));
  const ports = [...new Set(entries.flatMap((entry) => entry.ports))].toSorted((a, b) => a - b);
  return { entries, ports, get: (type) => byType.get(type) };
}

/** Every service sonde knows. */
export async function loadCatalog(): Promise<Catalog> {
  return createCatalog(Object.values(await import("./services.ts")));
}
