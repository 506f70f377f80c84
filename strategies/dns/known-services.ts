import { ANNOUNCED_SHARED } from "../../src/catalog/service-type.ts";
import type { Catalog, CatalogEntry } from "../../src/model/catalog.ts";
import type { Claim } from "../../src/model/observation.ts";

/** The types under which entries are registered, in lower case. */
export function knownTypes(catalog: Catalog): string[] {
  return [...new Set(catalog.entries.flatMap(({ dnsServices = [] }) => dnsServices).map(lower))];
}

/** `_<type>._tcp` of the entries that have none: by that name people publish what is registered nowhere. */
export function likelyTypes(catalog: Catalog): string[] {
  const known = new Set(knownTypes(catalog));
  const unregistered = catalog.entries.filter(({ dnsServices = [] }) => dnsServices.length === 0);
  return unregistered.map(({ type }) => `_${lower(type)}._tcp`).filter((type) => !known.has(type));
}

/** Types that a plain name may be published under: its own, and those of the entry of that name. */
export function typesOf(label: string, catalog: Catalog): string[] {
  const entry = entryCalled(label, catalog);
  return [...new Set([`_${lower(label)}._tcp`, ...(entry?.dnsServices ?? []).map(lower)])];
}

function entryCalled(label: string, catalog: Catalog): CatalogEntry | undefined {
  const wanted = lower(label);
  return (
    catalog.get(wanted) ??
    catalog.entries.find(({ products = [] }) => products.some((one) => lower(one) === wanted))
  );
}

/** What a name says that is no type, as `redis` in `redis.service.consul`. */
export function claimOfName(label: string, catalog: Catalog): Claim | undefined {
  const entry = entryCalled(label, catalog);
  if (entry === undefined) return undefined;
  return { type: entry.type, confidence: ANNOUNCED_SHARED, summary: `announced by the name ${label}` };
}

function lower(text: string): string {
  return text.toLowerCase();
}
