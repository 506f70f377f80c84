import { type ServiceFilter, matchesFilter } from "../../inventory/filter.ts";
import type { Catalog } from "../../model/catalog.ts";
import type { WatchEvent } from "../../model/watch.ts";

/**
 * Lets through what is told of services that match, or that did when they were first let through: who reads would
 * believe in them for ever. What comes to match has appeared, to the reader.
 */
export function watchFilter(
  filter: ServiceFilter,
  catalog: Catalog,
): (event: WatchEvent) => WatchEvent | undefined {
  const shown = new Set<string>();
  return (event) => {
    if (event.event === "warning") return event;
    if (event.event === "round") return { ...event, services: shown.size };
    const { service, at } = event;
    if (event.event === "gone") return shown.delete(service.id) ? event : undefined;
    const replaces = event.event === "changed" ? event.replaces.filter((id) => shown.delete(id)) : [];
    const isKnown = replaces.length > 0 || shown.has(service.id);
    if (!isKnown && !matchesFilter(service, filter, catalog)) return undefined;
    shown.add(service.id);
    return isKnown && event.event === "changed" ? { ...event, replaces } : { event: "appeared", at, service };
  };
}
