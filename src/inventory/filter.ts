import type { Catalog } from "../model/catalog.ts";
import type { Inventory, Service } from "../model/inventory.ts";

/** Which services to show: an empty list lets all through, and both lists must agree. */
export interface ServiceFilter {
  /** Types, or names of products that share a type with others (`mariadb`). */
  readonly types: readonly string[];
  readonly categories: readonly string[];
}

/** What a `ServiceFilter` may name as a type: the catalog's types and products in lower case, and `unknown`. */
export function typeWords(catalog: Catalog): string[] {
  const words = catalog.entries.flatMap(({ type, products = [] }) => [type, ...products]);
  return [...new Set([...words.map((word) => word.toLowerCase()), "unknown"])];
}

/**
 * Whether a service is of that type, or is that product; case aside. A word that is a type means the type, whatever
 * the product: `redis` takes Valkey in, `valkey` leaves Redis out.
 */
export function isNamed(service: Service, word: string, catalog: Catalog): boolean {
  const wanted = word.toLowerCase();
  if (service.type === wanted) return true;
  return catalog.get(wanted) === undefined && service.product?.toLowerCase() === wanted;
}

export function matchesFilter(service: Service, filter: ServiceFilter, catalog: Catalog): boolean {
  const { types, categories } = filter;
  const typed = types.length === 0 || types.some((word) => isNamed(service, word, catalog));
  return typed && (categories.length === 0 || categories.includes(service.category));
}

/** The same inventory with only the services that match; coverage and warnings are of the whole run still. */
export function filterInventory(inventory: Inventory, filter: ServiceFilter, catalog: Catalog): Inventory {
  const services = inventory.services.filter((service) => matchesFilter(service, filter, catalog));
  return { ...inventory, services };
}
