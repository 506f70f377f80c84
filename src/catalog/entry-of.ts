import type { Catalog, CatalogEntry } from "../model/catalog.ts";

/** The entry of that type, or of that product, in lower case. */
export function entryOf(word: string, catalog: Catalog): CatalogEntry | undefined {
  const isIt = (name: string): boolean => name.toLowerCase() === word;
  return catalog.get(word) ?? catalog.entries.find(({ products = [] }) => products.some(isIt));
}
