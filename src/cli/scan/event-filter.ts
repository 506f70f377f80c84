import { filterInventory, matchesFilter } from "../../inventory/filter.ts";
import type { ServiceFilter } from "../../inventory/filter.ts";
import type { Catalog } from "../../model/catalog.ts";
import type { DiscoveryEvent } from "../../model/event.ts";

/**
 * Lets through the events of services that match, and of those that take the place of one that was let through: who
 * reads the stream would believe in the old one for ever.
 */
export function eventFilter(
  filter: ServiceFilter,
  catalog: Catalog,
): (event: DiscoveryEvent) => DiscoveryEvent | undefined {
  const shown = new Set<string>();
  return (event) => {
    if (event.event === "finished") {
      return { event: "finished", inventory: filterInventory(event.inventory, filter, catalog) };
    }
    if (event.event === "gone") return shown.delete(event.id) ? event : undefined;
    if (event.event !== "service") return event;
    const { service, replaces } = event;
    const known = [service.id, ...replaces].some((id) => shown.has(id));
    if (!known && !matchesFilter(service, filter, catalog)) return undefined;
    for (const id of replaces) shown.delete(id);
    shown.add(service.id);
    return event;
  };
}
