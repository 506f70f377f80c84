import type { Catalog } from "../../model/catalog.ts";
import type { Endpoint } from "../../model/endpoint.ts";
import type { Service } from "../../model/inventory.ts";
import { InventoryBuilder } from "../inventory.ts";
import { isThere } from "../standing.ts";
import type { Entry } from "./entry.ts";
import { type View, viewOf } from "./view.ts";

/** What is known at a moment. */
export interface CachedServices {
  /** What may be believed still. */
  readonly services: readonly Service[];
  /** What was there once, and nobody knows whether it is: each `stale`. */
  readonly stale: readonly Service[];
  /** Where somebody was met, and where nobody was, both not long ago. */
  readonly open: readonly Endpoint[];
  readonly closed: readonly Endpoint[];
}

export interface CacheQuery {
  /** What is older is stale, whatever its TTL. */
  readonly maxAgeMs?: number;
  /** Which endpoints are asked for; `announcers` are the strategies that heard of it from others. */
  readonly isIn?: (endpoint: Endpoint, announcers: readonly string[]) => boolean;
}

/** One endpoint as `discover cache show` has it. */
export interface CachedEndpoint extends Omit<View, "observations"> {
  readonly endpoint: Endpoint;
  readonly isHere: boolean;
  readonly types: readonly string[];
}

/** What services are made with. */
export interface Making {
  readonly catalog: Catalog;
  /** Whether an address is this machine's own. */
  readonly isOwn: (address: string) => boolean;
}

/** The services of those entries, made as a scan makes them: of what is fresh, and of what is not, each by itself. */
export function servicesOf(
  entries: readonly Entry[],
  { catalog, isOwn }: Making,
  now: number,
  { maxAgeMs, isIn = () => true }: CacheQuery,
): CachedServices {
  const [fresh, stale] = [new InventoryBuilder(catalog, isOwn), new InventoryBuilder(catalog, isOwn)];
  const met: Record<View["state"], Endpoint[]> = { open: [], closed: [], announced: [], nothing: [] };
  for (const entry of entries) {
    if (!isIn(entry.endpoint, announcersOf(entry))) continue;
    const view = viewOf(entry, { now, ...(maxAgeMs !== undefined && { maxAgeMs }) });
    if (view.isFresh) met[view.state].push(entry.endpoint);
    for (const observation of view.observations) (view.isFresh ? fresh : stale).add(observation);
  }
  return {
    services: fresh.services,
    stale: stale.services.map((service) => ({ ...service, stale: true as const })),
    open: met.open,
    closed: met.closed,
  };
}

/** The addresses that were met under a name. */
export function addressesOf(name: string, entries: readonly Entry[]): string[] {
  const wanted = plainName(name);
  const named = entries.filter(({ observations }) =>
    observations.some(({ hostnames = [] }) => hostnames.some((one) => plainName(one) === wanted)),
  );
  return [...new Set(named.map(({ endpoint }) => endpoint.address))];
}

/** An entry in few words. */
export function endpointOf(entry: Entry, now: number, isHere: boolean): CachedEndpoint {
  const { observations, ...view } = viewOf(entry, { now });
  const types = observations.filter(isThere).flatMap(({ claim }) => claim?.type ?? []);
  return { ...view, endpoint: entry.endpoint, isHere, types: [...new Set(types)] };
}

function announcersOf({ observations }: Entry): string[] {
  return observations.flatMap(({ outcome, strategy }) => (outcome === "announced" ? strategy : []));
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
