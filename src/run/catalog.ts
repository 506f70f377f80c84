import { createCatalog, loadCatalog } from "../catalog/index.ts";
import type { Catalog, CatalogEntry } from "../model/catalog.ts";

/** The catalog, with entries of the caller's own besides or in place of those of their type. */
export async function catalogWith(more: readonly CatalogEntry[] = []): Promise<Catalog> {
  const known = await loadCatalog();
  if (more.length === 0) return known;
  const own = new Set(more.map(({ type }) => type));
  return createCatalog([...known.entries.filter(({ type }) => !own.has(type)), ...more]);
}
